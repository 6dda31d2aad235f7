/*
 * SO_ACCEPTFILTER for the hooks of setsockopt, getsockopt and listen. All of it may be called from a signal handler.
 */
#ifndef LISTENAS_CALLS_ACCEPT_FILTER_H
#define LISTENAS_CALLS_ACCEPT_FILTER_H

#include <stdbool.h>
#include <sys/socket.h>

#include "../guest/guest.h"

/* The numbers of FreeBSD, DragonFly and NetBSD, from their <sys/socket.h>; neither means anything to Linux. */
#define SO_ACCEPTFILTER 0x1000
#define BSD_SOL_SOCKET 0xffff

/*
 * Whether the option is SO_ACCEPTFILTER and a key is about it. A program that defines only what Linux lacks passes
 * Linux's SOL_SOCKET; one that brings its own constants passes the BSDs'.
 */
static inline bool filter_is_asked(enum call call, int level, int name)
{
    return name == SO_ACCEPTFILTER && (level == SOL_SOCKET || level == BSD_SOL_SOCKET) &&
           guest_needs(call, PHASE_BEFORE) & NEED_FILTER;
}

/*
 * setsockopt and getsockopt of the option, with their records. They return 0, or -1 and set errno. `caller`: the
 * hook's return address.
 */
int filter_set(int fd, int level, const void *value, socklen_t length, const void *caller);
int filter_get(int fd, int level, void *value, socklen_t *length, const void *caller);

/*
 * After a successful listen: installs the operator's filter, or tells the refuser the new backlog of a listener with
 * a filter, and records it. May change errno.
 */
void filter_at_listen(int fd, const void *caller);

#endif
