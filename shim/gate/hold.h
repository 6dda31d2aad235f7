/*
 * The second queue of listeners with an accept filter: the connections that the filter holds. When more are held than
 * may be, the one that is held longest is destroyed and its client reset.
 *
 * Linux holds one more than the listener's backlog, and turns a client away at that; it tells nobody when one comes.
 * So the second queue is looked at again and again, and one place in it is kept free for the next who comes: where
 * the platform holds as many as Linux, one less is held at rest.
 */
#ifndef LISTENAS_GATE_HOLD_H
#define LISTENAS_GATE_HOLD_H

#include <stdint.h>

#include "listeners.h"

/* Connections that are remembered at most, of all listeners together; how long those beyond are held is not known. */
#define HELD_MAX 32768

/*
 * Since when a connection is held: who was met by an earlier look came earlier. Among those that one look met first the
 * kernel's timer tells it.
 */
struct held {
    uint64_t cookie; /* the kernel's number of the connection */
    int64_t look;    /* the number of the look that met it first */
    int64_t age_ms;  /* at that look */
};

/* What a look has met, in the order of the cookies. */
struct memory {
    int64_t look; /* its number */
    int count;
    struct held of[HELD_MAX];
};

/*
 * Shared by both of the gatekeeper's processes. A look is remembered beside the one before and then takes its place, so
 * a worker that is killed leaves one of them.
 */
struct hold {
    struct memory memory[2];
    _Atomic int last;
};

/*
 * Looks at all listeners whose held connections are limited, destroys what is too much, and ends the limits of those
 * whose filter was removed. Returns in how many nanoseconds it is time to look again.
 */
int64_t hold_look(struct listeners *all, struct hold *hold);

/*
 * Whether this process can do that in the network namespace of a listener. Returns 0 or an errno: EPERM without
 * CAP_NET_ADMIN and CAP_NET_RAW there.
 */
int hold_permission(int listener);

/* Likewise in its own network namespace. */
int hold_try(void);

#endif
