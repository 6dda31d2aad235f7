/*
 * Which slot is whose: numbers of records, and the lanes that give them out.
 *
 * A lane gives out its slots one after the other, counted by `seq` from 0. The number of a record is where it would be
 * if the ring had no end: its slot is that number modulo the slots. So a number is, from its highest bit to its lowest,
 *
 *     the round: seq / slots of a lane | lane | seq % slots of a lane
 */
#ifndef LISTENAS_RING_LANE_H
#define LISTENAS_RING_LANE_H

#include "ring.h"

/* Where a number comes from. */
struct lane_place {
    uint32_t lane;
    uint64_t seq;
};

/* Slots of each lane. */
static inline uint64_t lane_slots(const struct ring *ring)
{
    return UINT64_C(1) << ring->run_bits;
}

static inline uint64_t lane_number(const struct ring *ring, uint32_t lane, uint64_t seq)
{
    return (seq >> ring->run_bits << ring->slot_bits) + ((uint64_t)lane << ring->run_bits) +
           (seq & (lane_slots(ring) - 1));
}

static inline struct lane_place lane_place(const struct ring *ring, uint64_t number)
{
    return (struct lane_place){(uint32_t)((number & ring->mask) >> ring->run_bits),
                               (number >> ring->slot_bits << ring->run_bits) | (number & (lane_slots(ring) - 1))};
}

static inline uint64_t lane_head(const struct ring *ring, uint32_t lane)
{
    return atomic_load_explicit(&ring->header->lanes[lane].head, memory_order_acquire);
}

/* Which turn of its slot a number is, from 0. */
static inline uint64_t lane_round(const struct ring *ring, uint64_t number)
{
    return number >> ring->slot_bits;
}

#endif
