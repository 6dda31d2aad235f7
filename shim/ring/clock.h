/*
 * The time of a record: CLOCK_REALTIME; but where records come in a rush it is reckoned, for a millisecond at a time,
 * from the processor's own counter: reading the clock costs more than all the rest of a record.
 *
 * Nothing is believed of the counter that was not measured. Each reading of the clock, a millisecond or more after the
 * one before, measures the counter's rate anew; only while two measurements in a row agree is the counter used, and
 * then until it has counted the next millisecond. So a counter that changes its rate, jumps, or differs from processor
 * to processor, and a clock that is set, make the times of that millisecond wrong, and no others.
 *
 * A program that forbids itself to read the counter (PR_SET_TSC) dies of it, as it does of clock_gettime wherever the
 * kernel keeps the clock by this counter; one that is started so dies in glibc's loader.
 */
#ifndef LISTENAS_RING_CLOCK_H
#define LISTENAS_RING_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "likely.h"

/* A thread's own; all zero to begin with. A forked child may go on with its parent's. */
struct ring_clock {
    uint64_t counter, ns; /* the counter and the time, when both were read last */
    uint64_t rate;        /* nanoseconds a tick, in units of 2^-32; 0 if not measured */
    uint64_t window;      /* ticks after `counter` for which the rate is good; 0 while it is not believed */
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

/* Whether the time can be reckoned when the counter has gone `since` ticks since it was read last. */
static inline bool ring_clock_knows(const struct ring_clock *clock, uint64_t since)
{
    return since < clock->window;
}

/* That time, in nanoseconds since 1970. */
static inline uint64_t ring_clock_reckon(const struct ring_clock *clock, uint64_t since)
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
    return likely(ring_clock_knows(clock, since)) ? ring_clock_reckon(clock, since) : ring_clock_read(clock);
}

#endif
