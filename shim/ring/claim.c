#include "append.h"

/* A claim is no larger than this, nor than a sixteenth of its lane. */
#define CLAIM_MOST 64u
#define CLAIMS_OF_LANE 16u
/* A thread claims half the slots of a lane before it looks at other lanes: that takes their lines from other
 * processors, and as long as twenty records. */
#define STAYS_OF_LANE 2u
/* A lane that another thread has claimed from since the last look counts as shared for so many. */
#define LOOKS_SHARED 16

static uint64_t head_of(const struct ring *ring, uint32_t lane)
{
    return atomic_load_explicit(&ring->header->lanes[lane].head, memory_order_relaxed);
}

/*
 * What it costs to claim from a lane with this head. That which is farthest behind costs least: so one thread alone
 * uses all slots, and overwrites the oldest. But one that others claim from costs as much as if it were a round ahead:
 * so threads share no lane while each can have its own. A lane with slots that were never used goes before all others.
 */
static uint64_t cost_of(const struct ring *ring, uint64_t head, bool is_shared)
{
    return head + (is_shared ? lane_slots(ring) : 0) + (head >= lane_slots(ring) ? UINT64_MAX / 2 : 0);
}

/* Whether others claim from the lane, or did a few looks ago and this thread has not been there alone since. */
static bool is_shared(struct ring_writer *writer, uint32_t lane, uint64_t head)
{
    uint8_t *left = &writer->shared[lane];
    if (writer->seen[lane] != head)
        *left = LOOKS_SHARED;
    else if (lane == writer->lane)
        *left = 0;
    else if (*left > 0)
        --*left;
    writer->seen[lane] = head;
    return *left > 0;
}

/* `writer` is NULL for one who does not know what others do. */
static uint32_t best_lane(const struct ring *ring, struct ring_writer *writer)
{
    uint64_t least = UINT64_MAX;
    uint32_t best = 0;
    for (uint32_t lane = 0; lane < ring->lanes; lane++) {
        uint64_t head = head_of(ring, lane), cost = cost_of(ring, head, writer && is_shared(writer, lane, head));
        if (cost >= least)
            continue;
        least = cost;
        best = lane;
    }
    return best;
}

static uint64_t claim(const struct ring *ring, uint32_t lane, uint32_t count)
{
    return atomic_fetch_add_explicit(&ring->header->lanes[lane].head, count, memory_order_relaxed); /* W2 */
}

uint64_t ring_claim_one(const struct ring *ring)
{
    uint32_t lane = best_lane(ring, NULL);
    return lane_number(ring, lane, claim(ring, lane, 1));
}

/* A quarter of what the thread has claimed since it was overtaken, as a power of two. */
static uint32_t claim_size(const struct ring *ring, uint32_t claimed)
{
    const uint64_t share = lane_slots(ring) / CLAIMS_OF_LANE;
    const uint32_t most = share < CLAIM_MOST ? (uint32_t)share : CLAIM_MOST;
    uint32_t size = 1;
    while (size < most && size * 8 <= claimed)
        size *= 2;
    return size;
}

uint64_t ring_claim_more(const struct ring *ring, struct ring_writer *writer)
{
    if (writer->next != writer->end)
        writer->claimed = 0;
    const uint32_t size = claim_size(ring, writer->claimed);
    if (writer->stay < size) {
        writer->lane = best_lane(ring, writer);
        writer->stay = (uint32_t)lane_slots(ring) / STAYS_OF_LANE;
    }
    uint64_t seq = claim(ring, writer->lane, size);
    writer->seen[writer->lane] += size;
    writer->stay -= size;
    writer->claimed += size <= UINT32_MAX - writer->claimed ? size : 0;
    writer->end = seq + size;
    return seq;
}
