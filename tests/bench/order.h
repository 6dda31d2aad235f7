/*
 * What the bench asks of an acceptor by pipe, and what it answers.
 */
#ifndef LISTENAS_BENCH_ORDER_H
#define LISTENAS_BENCH_ORDER_H

#include <stdint.h>

enum order_kind {
    ORDER_ACCEPTS, /* the accept calls alone are timed, of connections that wait in the queue already */
    ORDER_CLOCKED, /* likewise, with a clock_gettime behind each */
    ORDER_WAITS,   /* the processor time of accept calls that sleep until a client on another processor comes */
    ORDER_CYCLES,  /* connect, accept and both closes are timed */
};

struct order {
    uint32_t kind, count;
};

struct answer {
    uint64_t ns, count;
};

#endif
