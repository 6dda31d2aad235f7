/*
 * The second queue of listeners with an accept filter: the connections that the filter holds back, in TCP_SYN_RECV by
 * TCP_DEFER_ACCEPT. When more are held than may be, the one that is held longest is destroyed and its client reset.
 *
 * Linux holds one more than the listener's backlog, and turns a client away at that; it tells nobody when one comes. So
 * the second queue is looked at again and again, and one place in it is kept free for the next client: where the
 * platform holds as many as Linux, one less is held at rest.
 */
#ifndef LISTENAS_REFUSER_HELD_H
#define LISTENAS_REFUSER_HELD_H

#include <stdint.h>

/* Connections that are remembered at most, of all listeners together; how long those beyond are held is not known. */
#define HELD_MAX 32768

struct networks;
struct listeners;

/*
 * Since when a connection is held: one that an earlier look has met came earlier. Among those that one look met first,
 * the kernel's timer tells it.
 */
struct held {
    uint64_t cookie;
    int64_t look;   /* the number of the look that met it first */
    int64_t age_ms; /* at that look */
};

/* What a look has met, in the order of the cookies. */
struct held_look {
    int64_t number;
    int count;
    struct held of[HELD_MAX];
};

/* A look is stored beside the one before and then takes its place, so a worker that is killed leaves one of them whole.
 */
struct held_memory {
    int64_t due_ns; /* of the next look; CLOCK_MONOTONIC */
    _Atomic int last;
    struct held_look looks[2];
};

/*
 * Looks, if that is due, at all listeners whose held connections are limited, and destroys what is too much. Returns
 * when it is due again; INT64_MAX where there are none.
 */
int64_t held_look_if_due(struct held_memory *memory, const struct networks *networks, struct listeners *listeners,
                         int64_t now_ns);

#endif
