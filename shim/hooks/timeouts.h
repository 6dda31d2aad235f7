/*
 * SO_SNDTIMEO and SO_RCVTIMEO of a listener, where its connections get them as they were at listen: those that are set
 * later are marked. May be called from a signal handler.
 */
#ifndef LISTENAS_HOOKS_TIMEOUTS_H
#define LISTENAS_HOOKS_TIMEOUTS_H

#include <stdbool.h>
#include <sys/socket.h>

#include "../facts/mark.h"
#include "guest.h"

/* The bit of a mark for a time-out, by its number of either width of time_t; 0 for another option. */
static inline int timeout_mark(int level, int name)
{
    if (level != SOL_SOCKET || !guest.asks_timeouts)
        return 0;
    return name == SO_SNDTIMEO_OLD || name == SO_SNDTIMEO_NEW   ? MARK_LATE_SEND
           : name == SO_RCVTIMEO_OLD || name == SO_RCVTIMEO_NEW ? MARK_LATE_RECEIVE
                                                                : 0;
}

/* After setsockopt of that time-out has succeeded. Keeps errno. */
void timeout_was_set(int fd, int mark);

#endif
