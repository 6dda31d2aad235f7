#include "observing.h"

#include <stdatomic.h>

#include "../kernel/need.h"
#include "callers.h"

#include "../kernel/async_safe.h"

/* Of the calls from one place: all of the first, and then one of so many. */
#define ALL_OF_FIRST 1000u
#define THEN_ONE_OF 64u

/*
 * A counter has its place's tag above the number of its calls; 0 is free. A place takes the first free one of those
 * that it tries. The number of counters is a power of two.
 */
#define COUNTERS 64u
#define COUNTERS_TRIED 8u
#define TAG_AT 16

static uint32_t facts_wanted[CALL_COUNT];
static _Atomic uint32_t counters[COUNTERS];

static bool is_asked(void)
{
    return guest.profile.record_facts.word == WORD_YES;
}

/* Without what takes a descriptor for a moment: a thread that opens one meanwhile would get another number. */
static uint32_t facts_at(const struct needs *needs, int call)
{
    uint32_t all = 0;
    for (int phase = 0; phase < PHASE_COUNT; phase++)
        all |= needs->facts[call][phase];
    return all & ~(uint32_t)(NEED_DESCRIPTORS | NEED_PEER_GONE);
}

void observing_begin(void)
{
    struct needs needs = {0};
    for (enum key key = KEY_NONE + 1; is_asked() && key < KEY_COUNT; key++)
        needs_add_any(&needs, key_rows[key].at);
    for (int call = CALL_start + 1; call < CALL_COUNT; call++) {
        facts_wanted[call] = facts_at(&needs, call);
        guest.profile.needs.phases[call] &= (uint8_t)~NEEDS_OBSERVED;
        if (needs.phases[call] && !guest_acts((enum call)call))
            guest.profile.needs.phases[call] |= NEEDS_OBSERVED;
    }
}

unsigned int observing_needs(void)
{
    return guest.profile.needs.all | (is_asked() ? NEED_KERNEL_MAX : 0);
}

unsigned int observing_facts(enum call call)
{
    return facts_wanted[call];
}

/* The counter of a place, or NULL if those that it tries belong to others. */
static _Atomic uint32_t *counter_of(uint64_t key)
{
    const uint32_t tag = (uint32_t)(key >> 48) | 1;
    for (uint32_t i = 0; i < COUNTERS_TRIED; i++) {
        _Atomic uint32_t *counter = &counters[((key >> 32) + i) & (COUNTERS - 1)];
        uint32_t there = atomic_load_explicit(counter, memory_order_relaxed);
        if (there == 0 && atomic_compare_exchange_strong_explicit(counter, &there, tag << TAG_AT, memory_order_relaxed,
                                                                  memory_order_relaxed))
            return counter;
        if (there >> TAG_AT == tag)
            return counter;
    }
    return NULL;
}

/* After the first ones it goes round, so that it never reaches the tag. */
static bool is_counted_in(_Atomic uint32_t *counter)
{
    uint32_t before = atomic_fetch_add_explicit(counter, 1, memory_order_relaxed) & ((1u << TAG_AT) - 1);
    if (before == ALL_OF_FIRST + THEN_ONE_OF - 1)
        atomic_fetch_sub_explicit(counter, THEN_ONE_OF, memory_order_relaxed);
    return before < ALL_OF_FIRST || before % THEN_ONE_OF == 0;
}

/* A place without a counter is looked at each time: that costs time, but a busy place must hide no other. */
bool observing_wants(enum call call, const void *caller)
{
    _Atomic uint32_t *counter = counter_of(caller_key(caller, call) * UINT64_C(0x9e3779b97f4a7c15));
    return !counter || is_counted_in(counter);
}
