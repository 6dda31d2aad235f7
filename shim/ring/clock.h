/*
 * The time of a record: CLOCK_REALTIME. Where records come in a rush it is computed from the processor's own counter,
 * for a millisecond at a time, because reading the clock costs more than all the rest of a record.
 *
 * The counter is used only as far as it was measured. Each reading of the clock, at least a millisecond after the last
 * one, measures the counter's rate anew; the counter counts while two measurements in a row agree, and until it has
 * counted the next millisecond. A counter can also stop while time goes on: the machine is suspended, or a virtual one
 * is paused. So the computed time is compared with CLOCK_REALTIME_COARSE, which costs a fifth of a reading, at every
 * CLOCK_RUSH-th record, and at each record that comes CLOCK_GAP_NS or more after the last. At most CLOCK_RUSH records,
 * all of one rush, can then have a wrong time; a counter that changes its rate, jumps, or differs between processors,
 * and a clock that is set, spoil at most the times of one millisecond.
 *
 * A program that forbids itself to read the counter (PR_SET_TSC) dies of it, as it does of clock_gettime wherever the
 * kernel keeps the clock by this counter; one that is started so dies in glibc's loader.
 */
#ifndef LISTENAS_RING_CLOCK_H
#define LISTENAS_RING_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "likely.h"

#define CLOCK_RUSH 16
#define CLOCK_GAP_NS 65536u

/* A thread's own; all zero to begin with. A forked child may go on with its parent's. */
struct ring_clock {
    uint64_t counter, ns; /* the counter and the time, when both were read last */
    uint64_t rate;        /* nanoseconds a tick, in units of 2^-32; 0 if not measured */
    uint64_t window;      /* ticks after `counter` for which the rate is good; 0 while it is not believed */
    uint64_t latest, gap; /* ticks after `counter`: of the latest record; and so many later the next is compared */
    int left;             /* records until one is compared */
};

/* The counter that every program may read; where there is none, one that stands still. */
static inline uint64_t ring_counter(void)
{
#if defined(__x86_64__) || defined(__i386__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return 0;
#endif
}

/* Reads the clock, and measures. Returns nanoseconds since 1970. May be called from a signal handler. */
uint64_t ring_clock_read(struct ring_clock *clock);

/*
 * What a reading of the clock, `ns`, tells of the counter, which was read `before` and `after` it. A pure function of
 * its arguments.
 */
void ring_clock_learn(struct ring_clock *clock, uint64_t before, uint64_t after, uint64_t ns);

/*
 * The time when the counter has gone `since` ticks since it was read last: computed if CLOCK_REALTIME_COARSE agrees,
 * else read as ring_clock_read does. May be called from a signal handler.
 */
uint64_t ring_clock_compare(struct ring_clock *clock, uint64_t since);

/* Whether the computed time `ns` can be true when CLOCK_REALTIME_COARSE says `coarse`, in nanoseconds. Pure. */
bool ring_clock_agrees(uint64_t ns, uint64_t coarse);

/* Whether the time can be computed when the counter has gone `since` ticks since it was read last. */
static inline bool ring_clock_knows(const struct ring_clock *clock, uint64_t since)
{
    return since < clock->window;
}

/* Whether it can be computed without a comparison. */
static inline bool ring_clock_is_sure(const struct ring_clock *clock, uint64_t since)
{
    return ring_clock_knows(clock, since) && since - clock->latest < clock->gap && clock->left > 0;
}

/* That time, in nanoseconds since 1970. */
static inline uint64_t ring_clock_compute(const struct ring_clock *clock, uint64_t since)
{
    return clock->ns + (since * clock->rate >> 32);
}

/*
 * Nanoseconds since 1970, within some 5 microseconds of CLOCK_REALTIME: by as much the next time may be before this
 * one. May be called from a signal handler; the time that a handler interrupts, having been called itself, can be wrong
 * by a millisecond.
 */
static inline uint64_t ring_clock_now(struct ring_clock *clock)
{
    uint64_t since = ring_counter() - clock->counter;
    if (unlikely(!ring_clock_is_sure(clock, since)))
        return ring_clock_compare(clock, since);
    clock->latest = since;
    clock->left--;
    return ring_clock_compute(clock, since);
}

#endif
