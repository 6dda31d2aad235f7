/*
 * How long a listener's queue was over time, and how many connections it had given until then: what each look at the
 * queue found (record.queue_samples), kept fine for the last seconds and coarse for the last days.
 *
 * A history has levels of HISTORY_SPANS spans. A span of level 0 lasts 2^27 ns (134 ms), one of each further level four
 * times as long: the last 9 seconds are kept by spans of 134 ms, the last 34 by spans of 0.5 s, and so on, the last six
 * days by spans of 2.4 hours. Span n of a level begins n times its length after the ring was born, in place n modulo
 * HISTORY_SPANS.
 *
 * Who looks is alone (queue_samples.c). For a span S:
 *
 *     H1  S.depth <- 0, where it held an older span       relaxed: H2 carries it
 *     H2  S.sum                                           release, pairs with H4
 *     H3  S.depth <- its number and the most that waited  release, pairs with H4
 *     H4  reader: S.depth, S.sum, S.depth again           acquire; the same number twice: the sum is of that span
 *
 * A death leaves one span empty at most.
 */
#ifndef LISTENAS_RING_HISTORY_H
#define LISTENAS_RING_HISTORY_H

#include "ring.h"

/* What one look at a queue found. */
struct history_look {
    uint64_t now_ns;   /* nanoseconds since 1970 */
    uint64_t waited;   /* connections in the queue */
    uint64_t holds;    /* how many fit */
    uint64_t accepted; /* connections that accept has given since the listener was made */
};

/*
 * Enters a look into the history of `listener`, an entry of the ring's table; nothing where the ring has no history for
 * it. Wait-free; may be called from a signal handler.
 */
void ring_history_note(const struct ring *ring, const struct ring_listener *listener, const struct history_look *look);

/* Empties the history of a place that another listener takes. May be called from a signal handler. */
void ring_history_clear(const struct ring *ring, const struct ring_listener *listener);

/* What a span holds: the most that waited, and the rest as the span's last look found it. */
struct history_span {
    uint64_t from_ns, to_ns; /* nanoseconds since 1970 */
    uint64_t waited, holds, accepted;
};

/* Whether the ring keeps a history for this listener. */
bool ring_has_history(const struct ring *ring, const struct ring_listener *listener);

/* Copies the span at place `index` of a level; false for one that is empty, being written, or not there. */
bool ring_history_span(const struct ring *ring, const struct ring_listener *listener, unsigned int level,
                       unsigned int index, struct history_span *span);

#endif
