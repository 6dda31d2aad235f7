/*
 * The second queue of listeners with an accept filter: connections that the filter holds back, in TCP_SYN_RECV by
 * TCP_DEFER_ACCEPT. When too many are held, the refuser destroys the one held longest, and its client is reset.
 *
 * Linux holds one more than the listener's backlog, then turns clients away, and reports neither. So the refuser
 * looks at the second queue again and again and keeps one place free for the next client: where the platform holds
 * as many as Linux, one less is held at rest.
 */
#ifndef LISTENAS_REFUSER_HELD_H
#define LISTENAS_REFUSER_HELD_H

#include <stdint.h>

/* The most connections that are remembered, of all listeners together; for those beyond, the time held is unknown. */
#define HELD_MAX 32768

struct networks;
struct listeners;

/*
 * How long a connection has been held: one that an earlier look found came earlier. Among those that one look found
 * first, the kernel's timer decides.
 */
struct held {
    uint64_t cookie;
    int64_t look;   /* the number of the look that found it first */
    int64_t age_ms; /* at that look */
};

/* What a look found, in the order of the cookies. */
struct held_look {
    int64_t number;
    int count;
    struct held of[HELD_MAX];
};

/*
 * Each look is stored beside the one before and then replaces it, so that a worker that is killed leaves a complete
 * one.
 */
struct held_memory {
    int64_t due_ns; /* of the next look; CLOCK_MONOTONIC */
    _Atomic int last;
    struct held_look looks[2];
};

/*
 * If a look is due: looks at all listeners with a limit on held connections and destroys those beyond it. Returns
 * when the next look is due; INT64_MAX if there are no such listeners.
 */
int64_t held_look_if_due(struct held_memory *memory, const struct networks *networks, struct listeners *listeners,
                         int64_t now_ns);

#endif
