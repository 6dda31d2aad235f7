/*
 * Every socket call of the observer passes through here: one that succeeds must leave errno alone. The linker puts
 * these in place of libc's (--wrap).
 */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "conform.h"

/* musl's accept4 before 1.2.4 calls accept where the kernel answers EINVAL, and leaves that errno. */
#ifdef __GLIBC__
#define LIBC_TOUCHES_ERRNO_IN_accept4 0
#else
#define LIBC_TOUCHES_ERRNO_IN_accept4 1
#endif

#define CHECKED(name, parameters, arguments) CHECKED_UNLESS(0, name, parameters, arguments)
#define CHECKED_UNLESS(touches, name, parameters, arguments)                                                           \
    int real_##name parameters __asm__("__real_" #name);                                                               \
    int checked_##name parameters __asm__("__wrap_" #name);                                                            \
    int checked_##name parameters                                                                                      \
    {                                                                                                                  \
        int before = errno, result;                                                                                    \
        errno = UNTOUCHED;                                                                                             \
        result = real_##name arguments;                                                                                \
        if (!(touches) && result >= 0 && errno != UNTOUCHED)                                                           \
            give_up(#name " succeeded, but errno was touched");                                                        \
        errno = result < 0 ? errno : before;                                                                           \
        return result;                                                                                                 \
    }

CHECKED(socket, (int domain, int type, int protocol), (domain, type, protocol))
CHECKED(bind, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length))
CHECKED(listen, (int fd, int backlog), (fd, backlog))
CHECKED(connect, (int fd, const struct sockaddr *address, socklen_t length), (fd, address, length))
CHECKED(accept, (int fd, struct sockaddr *address, socklen_t *length), (fd, address, length))
CHECKED_UNLESS(LIBC_TOUCHES_ERRNO_IN_accept4, accept4, (int fd, struct sockaddr *address, socklen_t *length, int flags),
               (fd, address, length, flags))
CHECKED(setsockopt, (int fd, int level, int name, const void *value, socklen_t length),
        (fd, level, name, value, length))
CHECKED(getsockopt, (int fd, int level, int name, void *value, socklen_t *length), (fd, level, name, value, length))
CHECKED(shutdown, (int fd, int how), (fd, how))
CHECKED(getsockname, (int fd, struct sockaddr *address, socklen_t *length), (fd, address, length))
CHECKED(getpeername, (int fd, struct sockaddr *address, socklen_t *length), (fd, address, length))
