/*
 * SO_LISTENQLIMIT, SO_LISTENQLEN and SO_LISTENINCQLEN, for getsockopt. May be called from a signal handler.
 */
#ifndef LISTENAS_CALLS_QUEUE_OPTION_H
#define LISTENAS_CALLS_QUEUE_OPTION_H

#include <stdbool.h>
#include <sys/socket.h>

#include "../guest/guest.h"
#include "../rules/queue_option.h"
#include "accept_filter.h"

static inline bool queue_is_asked(int level, int name)
{
    return name >= SO_LISTENQLIMIT && name <= SO_LISTENINCQLEN && (level == SOL_SOCKET || level == BSD_SOL_SOCKET) &&
           guest_needs(CALL_getsockopt, PHASE_BEFORE) & NEED_QUEUE;
}

/* getsockopt of one of them: returns 0, or -1 and sets errno. */
int queue_get(int fd, int level, int name, void *value, socklen_t *length, const void *caller);

#endif
