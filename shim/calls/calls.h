/*
 * The calls that a program can make in two ways: by libc's function, and by number through syscall().
 *
 * Each is the hook with `caller`, the return address for the record, as an argument. Each returns what the hook
 * returns, errno included, and may be called wherever the hook may.
 */
#ifndef LISTENAS_CALLS_CALLS_H
#define LISTENAS_CALLS_CALLS_H

#include <sys/socket.h>

int listen_from(int fd, int backlog, const void *caller);
int bind_from(int fd, const struct sockaddr *address, socklen_t length, const void *caller);
int connect_from(int fd, const struct sockaddr *address, socklen_t length, const void *caller);
int accept_from(int fd, struct sockaddr *address, socklen_t *length, const void *caller);
int accept4_from(int fd, struct sockaddr *address, socklen_t *length, int flags, const void *caller);
int setsockopt_from(int fd, int level, int name, const void *value, socklen_t length, const void *caller);
int getsockopt_from(int fd, int level, int name, void *value, socklen_t *length, const void *caller);
int socket_from(int domain, int type, int protocol, const void *caller);
int shutdown_from(int fd, int how, const void *caller);
int getsockname_from(int fd, struct sockaddr *address, socklen_t *length, const void *caller);
int getpeername_from(int fd, struct sockaddr *address, socklen_t *length, const void *caller);

#endif
