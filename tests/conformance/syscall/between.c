/* A preloaded library that does some of libc's calls itself, and by syscall(). */
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int bind(int fd, const struct sockaddr *address, socklen_t length)
{
    return (int)syscall(SYS_bind, fd, address, length);
}

int listen(int fd, int backlog)
{
    return (int)syscall(SYS_listen, fd, backlog);
}

int accept(int fd, struct sockaddr *address, socklen_t *length)
{
    return (int)syscall(SYS_accept4, fd, address, length, 0);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length)
{
    return (int)syscall(SYS_setsockopt, fd, level, name, value, length);
}
