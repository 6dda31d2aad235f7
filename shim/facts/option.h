/*
 * Socket options asked by system call: libc's getsockopt may be our own hook, which answers as the platform and asks
 * for the facts. As getsockopt(2) otherwise; may be called from a signal handler.
 */
#ifndef LISTENAS_FACTS_OPTION_H
#define LISTENAS_FACTS_OPTION_H

#include <sys/socket.h>

#include "system.h"

static inline int option_get(int fd, int level, int name, void *value, socklen_t *length)
{
    return (int)system_call(SYS_getsockopt, fd, level, name, value, length);
}

#endif
