/*
 * What recording goes by: the ring that the process has open, and what each thread knows of itself. Who records
 * (recorder.h) and who counts for a listener (listeners.h, queue_samples.h) share it.
 */
#ifndef LISTENAS_GUEST_RECORDER_STATE_H
#define LISTENAS_GUEST_RECORDER_STATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "../ring/append.h"
#include "../ring/clock.h"
#include "../ring/keep.h"

enum recorder_state { RECORDER_CLOSED, RECORDER_PUBLISHING, RECORDER_OPEN, RECORDER_FAILED };

/* What each append reads, in one cache line. */
struct recorder {
    _Alignas(64) _Atomic int state; /* enum recorder_state */
    /* process_introduced(). Before the first record, and where there is none, it points to a zero that stays one. */
    _Atomic uint32_t *_Atomic own_pid;
    uint64_t sample_ns; /* a listener's queue is looked at no more often; UINT64_MAX: never. Set by the constructor */
    struct ring ring;   /* written once, between RECORDER_PUBLISHING and RECORDER_OPEN */
};

/* What a thread remembers of the listener that it last accepted from. */
struct listener_known {
    struct ring_listener *listener; /* NULL: none */
    uint64_t life;                  /* of it, then */
    int fd;
};

/* What a thread knows of itself. `pid` tells whether a fork has made the rest stale; a new thread's is nobody's. */
struct recorder_self {
    _Alignas(64) uint32_t pid;
    uint32_t tid;
    uintptr_t stack_page; /* known to be there */
    struct ring_clock clock;
    uint64_t site; /* the last one, as callers.h has it */
    uint64_t last; /* the number of its last record, plus 1; 0: none yet */
    struct ring_writer writer;
    struct listener_known listener;
};

extern struct recorder recorder;
extern __thread struct recorder_self recorder_self;

/* Whether `recorder_self` is true: neither the thread nor, since a fork, the process is new. */
static inline bool recorder_is_itself(void)
{
    _Atomic uint32_t *own_pid = atomic_load_explicit(&recorder.own_pid, memory_order_relaxed);
    return recorder_self.pid == atomic_load_explicit(own_pid, memory_order_relaxed);
}

/*
 * Counts the record as a repetition of the thread's last, where it is equal to it and `may_repeat`; else appends it.
 * Returns its number plus 1, or 0 for a repetition. Once the ring is open.
 */
static inline __attribute__((always_inline)) uint64_t recorder_put(const struct record *record, bool may_repeat)
{
    uint64_t last = recorder_self.last;
    if (may_repeat && last && ring_repeat(&recorder.ring, last - 1, record))
        return 0;
    last = ring_append_by(&recorder.ring, &recorder_self.writer, record) + 1;
    recorder_self.last = last;
    return last;
}

#endif
