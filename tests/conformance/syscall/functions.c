/*
 * libc's functions as system calls: linked into the observer, they make every call of it one by number.
 */
#include <sys/syscall.h>
#include <unistd.h>

/* By its assembler name: <sys/socket.h> declares some of them with types of its own. */
#define IN_PLACE_OF(name, parameters, ...)                                                                             \
    int number_##name parameters __asm__(#name) __attribute__((visibility("default")));                                \
    int number_##name parameters                                                                                       \
    {                                                                                                                  \
        return (int)syscall(__VA_ARGS__);                                                                              \
    }

IN_PLACE_OF(socket, (int domain, int type, int protocol), SYS_socket, domain, type, protocol)
IN_PLACE_OF(bind, (int fd, const void *address, unsigned int length), SYS_bind, fd, address, length)
IN_PLACE_OF(listen, (int fd, int backlog), SYS_listen, fd, backlog)
IN_PLACE_OF(connect, (int fd, const void *address, unsigned int length), SYS_connect, fd, address, length)
#ifdef SYS_accept
IN_PLACE_OF(accept, (int fd, void *address, void *length), SYS_accept, fd, address, length)
#else
IN_PLACE_OF(accept, (int fd, void *address, void *length), SYS_socketcall, 5, (void *[]){(void *)fd, address, length})
#endif
IN_PLACE_OF(accept4, (int fd, void *address, void *length, int flags), SYS_accept4, fd, address, length, flags)
IN_PLACE_OF(setsockopt, (int fd, int level, int name, const void *value, unsigned int length), SYS_setsockopt, fd,
            level, name, value, length)
IN_PLACE_OF(getsockopt, (int fd, int level, int name, void *value, void *length), SYS_getsockopt, fd, level, name,
            value, length)
IN_PLACE_OF(shutdown, (int fd, int how), SYS_shutdown, fd, how)
IN_PLACE_OF(getsockname, (int fd, void *address, void *length), SYS_getsockname, fd, address, length)
IN_PLACE_OF(getpeername, (int fd, void *address, void *length), SYS_getpeername, fd, address, length)
