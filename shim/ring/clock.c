#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "clock.h"

#define MILLISECOND 1000000u
/* A clock that took longer to read was interrupted: nobody knows when it was read. */
#define READ_MOST 2000u

/* CLOCK_REALTIME_COARSE is the time of the last tick, which is at most 10 ms ago (HZ = 100), and a little more where
 * ticks are late. */
#define COARSE_LATE (12 * MILLISECOND)

static uint64_t now_ns(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t ring_clock_read(struct ring_clock *clock)
{
    uint64_t before = ring_counter(), ns = now_ns(CLOCK_REALTIME), after = ring_counter();
    ring_clock_learn(clock, before, after, ns);
    return ns;
}

bool ring_clock_agrees(uint64_t ns, uint64_t coarse)
{
    return ns + MILLISECOND >= coarse && ns <= coarse + COARSE_LATE;
}

uint64_t ring_clock_compare(struct ring_clock *clock, uint64_t since)
{
    uint64_t ns = ring_clock_compute(clock, since);
    if (!ring_clock_knows(clock, since))
        return ring_clock_read(clock);
    if (!ring_clock_agrees(ns, now_ns(CLOCK_REALTIME_COARSE))) {
        clock->window = 0;
        return ring_clock_read(clock);
    }
    clock->latest = since;
    clock->left = CLOCK_RUSH - 1;
    return ns;
}

/* To a thousandth: over the window's millisecond that is a microsecond. */
static bool agree(uint64_t rate, uint64_t other)
{
    uint64_t difference = rate > other ? rate - other : other - rate;
    return difference <= rate >> 10;
}

static uint64_t ticks_in(uint64_t ns, uint64_t rate)
{
    return (ns << 32) / rate;
}

/* 0 where nothing can be measured, or it took longer than the arithmetic can hold. */
static uint64_t rate_of(uint64_t passed, uint64_t ticks)
{
    return ticks && passed <= UINT32_MAX ? (passed << 32) / ticks : 0;
}

void ring_clock_learn(struct ring_clock *clock, uint64_t before, uint64_t after, uint64_t ns)
{
    uint64_t passed = ns - clock->ns; /* past all bounds if the clock was set back */
    if (passed < MILLISECOND)
        return;
    uint64_t rate = rate_of(passed, before - clock->counter);
    if (rate && after - before > ticks_in(READ_MOST, rate))
        rate = 0;
    bool believed = rate && agree(rate, clock->rate);
    clock->window = 0;
    atomic_signal_fence(memory_order_seq_cst); /* a handler that comes between finds no window */
    clock->counter = before;
    clock->ns = ns;
    clock->rate = rate;
    clock->latest = 0;
    clock->gap = rate ? ticks_in(CLOCK_GAP_NS, rate) : 0;
    clock->left = CLOCK_RUSH;
    atomic_signal_fence(memory_order_seq_cst);
    /* One that has measured in the meantime has left some of its own. */
    if (believed && clock->counter == before && clock->ns == ns && clock->rate == rate)
        clock->window = ticks_in(MILLISECOND, rate);
}
