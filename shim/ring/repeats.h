/*
 * How often a record was repeated, and until when: one word of a slot.
 */
#ifndef LISTENAS_RING_REPEATS_H
#define LISTENAS_RING_REPEATS_H

#include <stdbool.h>
#include <stdint.h>

#define REPEATS_COUNT_SHIFT 28
#define REPEATS_ROUND_SHIFT 56
#define REPEATS_COUNT_MOST ((UINT64_C(1) << 28) - 1)
#define REPEATS_TIME_BITS 23 /* of its mantissa; five more are the exponent */

/*
 * The round of a record's slot, as the word has it: a writer that sleeps before it counts one more finds another round
 * there when it wakes, unless it slept for exactly 256 rounds.
 */
static inline uint64_t repeats_of_round(uint64_t round)
{
    return round << REPEATS_ROUND_SHIFT;
}

/* The round modulo 256. */
static inline uint64_t repeats_round(uint64_t word)
{
    return word >> REPEATS_ROUND_SHIFT;
}

static inline uint64_t repeats_count(uint64_t word)
{
    return word >> REPEATS_COUNT_SHIFT & REPEATS_COUNT_MOST;
}

/* Nanoseconds, up to 208 days, to one part in eight million; never too many. */
static inline uint64_t repeats_pack_time(uint64_t ns)
{
    uint64_t exponent = 0;
    while (ns >> exponent >> REPEATS_TIME_BITS && exponent < 31)
        exponent++;
    uint64_t mantissa = ns >> exponent;
    if (mantissa >> REPEATS_TIME_BITS)
        mantissa = (UINT64_C(1) << REPEATS_TIME_BITS) - 1;
    return exponent << REPEATS_TIME_BITS | mantissa;
}

static inline uint64_t repeats_time(uint64_t word)
{
    return (word & ((UINT64_C(1) << REPEATS_TIME_BITS) - 1)) << (word >> REPEATS_TIME_BITS & 31);
}

/* The word after one more repetition, `ns` after the first call; the round stays. */
static inline uint64_t repeats_one_more(uint64_t word, uint64_t ns)
{
    return (word >> REPEATS_COUNT_SHIFT << REPEATS_COUNT_SHIFT) + (UINT64_C(1) << REPEATS_COUNT_SHIFT) +
           repeats_pack_time(ns);
}

#endif
