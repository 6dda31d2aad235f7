/*
 * The process that writes into a ring whom the refuser turned away: tell.h says why it is one.
 */
#ifndef LISTENAS_REFUSER_SCRIBE_H
#define LISTENAS_REFUSER_SCRIBE_H

#include <stdbool.h>
#include <stdint.h>

#include "rings.h"

#define SCRIBE_EVENTS 32

/* A scribe that is kept waiting is killed after so many seconds. */
#define SCRIBE_SECONDS 2

/* What happened to the clients of one listener. */
struct turned_event {
    uint64_t cookie;         /* of the listener, as its program knows it */
    uint64_t from_ns, to_ns; /* CLOCK_REALTIME */
    uint32_t clients;        /* how many were turned away */
    uint32_t waited, holds;  /* the connections in the queue, and how many it takes */
    bool resets;             /* they were reset, not refused */
    struct local_end end;
};

/* Does the scribe's work in a process that was forked for it, and ends that. */
_Noreturn void scribe_run(const struct told_ring *ring, const struct turned_event *events, int count);

#endif
