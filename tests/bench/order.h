/*
 * What the bench asks of an acceptor by pipe, and what it answers.
 */
#ifndef LISTENAS_BENCH_ORDER_H
#define LISTENAS_BENCH_ORDER_H

#include <stdint.h>

enum order_kind {
    ORDER_ACCEPTS, /* the accept calls alone are timed, of connections that wait in the queue already */
    ORDER_WAITS,   /* the processor time of accept calls that sleep until a client on another processor comes */
    ORDER_CYCLES,  /* connect, accept and both closes are timed */
};

/* What ORDER_ACCEPTS makes beside each accept: the least that a library could do to know as much. */
enum order_extra {
    EXTRA_CLOCK = 1, /* clock_gettime after it */
    EXTRA_FLAGS = 2, /* F_GETFL of the listener before it */
    EXTRA_OWNER = 4, /* F_GETOWN_EX of the listener before it */
    EXTRA_PEER = 8,  /* getpeername of the connection after it, in place of the name that accept gives */
};

struct order {
    uint32_t kind, count, extra;
};

struct answer {
    uint64_t ns, count;
};

#endif
