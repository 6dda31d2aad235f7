#ifndef LISTENAS_RING_STAMP_H
#define LISTENAS_RING_STAMP_H

#include "layout.h"

/* Odd multipliers that differ by position, so that two words that are swapped or changed alike do not cancel out. */
static inline uint64_t stamp_term(uint64_t word, unsigned int position)
{
    return (word ^ (word >> 32)) * (UINT64_C(0x9e3779b97f4a7c15) * (2 * position + 1) | 1);
}

/* The stamp of record `number`: more than SLOT_EMPTY and SLOT_BUSY. */
static inline uint64_t stamp_of(uint64_t number, uint64_t sum)
{
    uint64_t stamp = sum + (number + 1) * UINT64_C(0xd6e8feb86659fd93);
    return stamp > SLOT_BUSY ? stamp : SLOT_BUSY + 1u;
}

#endif
