#include "table.h"

/* Entries that are looked at for one that is free or the one sought. */
#define PROBES_MOST 64u

uint64_t ring_mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ (sum >> 29);
}

uint64_t ring_mix_bytes(uint64_t sum, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++)
        sum = ring_mix(sum, byte[i]);
    return sum;
}

void *ring_entry(const struct ring *ring, enum ring_table_number table, uint32_t index)
{
    const struct ring_part *part = &ring->tables[table];
    return part->first + (size_t)index * part->stride;
}

uint32_t ring_claim(const struct ring *ring, enum ring_table_number table, uint64_t identity, bool *is_new)
{
    const uint32_t entries = ring->tables[table].entries;
    uint32_t index = entries ? (uint32_t)(identity % entries) : 0;
    *is_new = false;
    for (uint32_t probe = 0; probe < entries && probe < PROBES_MOST; probe++) {
        _Atomic uint64_t *word = ring_entry(ring, table, index);
        uint64_t there = atomic_load_explicit(word, memory_order_relaxed);
        if (!there && atomic_compare_exchange_strong_explicit(word, &there, identity, memory_order_relaxed,
                                                              memory_order_relaxed)) { /* S1 */
            *is_new = true;
            return index + 1;
        }
        if (there == identity)
            return index + 1;
        index = index + 1 < entries ? index + 1 : 0;
    }
    return 0;
}
