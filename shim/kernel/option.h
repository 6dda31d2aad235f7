/*
 * Socket options by system call: libc's getsockopt and setsockopt may be the library's own hooks, which act as the
 * platform. May be called from a signal handler.
 */
#ifndef LISTENAS_KERNEL_OPTION_H
#define LISTENAS_KERNEL_OPTION_H

#include <sys/socket.h>

#include "system.h"

/* As getsockopt(2). */
static inline int option_get(int fd, int level, int name, void *value, socklen_t *length)
{
    return (int)system_call(SYS_getsockopt, fd, level, name, value, length);
}

/* As setsockopt(2). */
static inline int option_set(int fd, int level, int name, const void *value, socklen_t length)
{
    return (int)system_call(SYS_setsockopt, fd, level, name, value, length);
}

#endif
