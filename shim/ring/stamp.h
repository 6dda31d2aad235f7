#ifndef LISTENAS_RING_STAMP_H
#define LISTENAS_RING_STAMP_H

#include <stdbool.h>

#include "layout.h"

/* Odd multipliers that differ by position, so that two words that are swapped or changed alike do not cancel out. */
static inline uint64_t stamp_term(uint64_t word, unsigned int position)
{
    return (word ^ (word >> 32)) * (UINT64_C(0x9e3779b97f4a7c15) * (2 * position + 1) | 1);
}

/* The stamp of record `number`, whose words' terms add up to `sum`. */
static inline uint64_t stamp_of(uint64_t number, uint64_t sum)
{
    return (sum + (number + 1) * UINT64_C(0xd6e8feb86659fd93)) | SLOT_WHOLE;
}

#define BUSY_ROUND_SHIFT 48
#define BUSY_ROUND_MASK ((UINT64_C(1) << 14) - 1)
#define BUSY_LOST_MASK ((UINT64_C(1) << BUSY_ROUND_SHIFT) - 1)

static inline bool stamp_is_whole(uint64_t stamp)
{
    return (stamp & SLOT_WHOLE) != 0;
}

static inline bool stamp_is_busy(uint64_t stamp)
{
    return (stamp & (SLOT_WHOLE | SLOT_BUSY)) == SLOT_BUSY;
}

/* The stamp while a record of this round is written to a slot that has lost so many calls by then. */
static inline uint64_t stamp_busy(uint64_t round, uint64_t lost)
{
    return SLOT_BUSY | (round & BUSY_ROUND_MASK) << BUSY_ROUND_SHIFT | (lost & BUSY_LOST_MASK);
}

static inline uint64_t busy_lost(uint64_t stamp)
{
    return stamp & BUSY_LOST_MASK;
}

/* Whether a busy stamp is that of a record of this round. */
static inline bool busy_is_of(uint64_t stamp, uint64_t round)
{
    return (stamp >> BUSY_ROUND_SHIFT & BUSY_ROUND_MASK) == (round & BUSY_ROUND_MASK);
}

#endif
