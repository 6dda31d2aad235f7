/*
 * The writer, inlined: after a system call code that lies together is worth more than code that is short.
 *
 * A record's number is taken from `head`; its slot is that number modulo the ring. A slot goes through
 *
 *     EMPTY -> BUSY -> record n -> record n, repeated -> BUSY -> record n + slots -> ...
 *
 * and the writer of record n does, in slot S:
 *
 *     A1  S.lost += what is overwritten; S.stamp <- BUSY     relaxed: A2 carries it
 *     A2  S.words[0..12] <- record, S.repeats <- n's round   each release, pairs with R2
 *     A3  S.stamp <- stamp of record and n                   release, pairs with R1
 *
 * the thread that wrote record n, when its next call is equal:
 *
 *     A4  S.repeats <- one more, by compare-and-swap         release, pairs with R2; fails if the round is another's
 *
 * and the reader (read.c):
 *
 *     R1  a <- S.stamp                 acquire, pairs with A3: a whole record's words are seen after its stamp
 *     R2  S.words[0..12], S.repeats    each acquire, pairs with A2: who sees a newer word sees A1's BUSY at R3
 *     R3  b <- S.stamp                 a == b, and a is the stamp of these words under this number, or it is no record
 *
 * Two writers meet in one slot only when one of them sleeps while the others go once around the ring. Neither waits:
 * whatever mixture they leave does not match the stamp of either number, and the reader calls it lost. S.lost is exact
 * but for such a meeting: it may count the calls of the record that both overwrite twice, or not at all.
 *
 * A death leaves, before A1, a slot with its old record under a number that will never come; between A1 and A3, a BUSY
 * slot; after A3, a whole record; at A4, the old count or the new one. No record that was complete is touched by a
 * death, and the slot is whole again after its next turn.
 */
#ifndef LISTENAS_RING_APPEND_H
#define LISTENAS_RING_APPEND_H

#include <string.h>

#include "repeats.h"
#include "ring.h"
#include "stamp.h"

static inline uint64_t record_word(const struct record *record, unsigned int i)
{
    uint64_t word;
    memcpy(&word, (const char *)record + i * sizeof word, sizeof word);
    return word;
}

/* How many calls are lost with the record of a slot. */
static inline uint64_t slot_calls(const struct ring_slot *slot)
{
    uint64_t stamp = atomic_load_explicit(&slot->stamp, memory_order_relaxed);
    uint64_t repeats = atomic_load_explicit(&slot->repeats, memory_order_relaxed);
    return stamp > SLOT_BUSY ? 1 + repeats_count(repeats) : 0;
}

/*
 * Appends one record, overwriting the oldest, and returns its number. Wait-free: one atomic addition and eighteen
 * stores, however many write. May be called from a signal handler; keeps errno.
 */
static inline uint64_t ring_append(const struct ring *ring, const struct record *record)
{
    uint64_t sum = 0;
    uint64_t number = atomic_fetch_add_explicit(&ring->header->head, 1, memory_order_relaxed);
    struct ring_slot *slot = &ring->slots[number & ring->mask];
    uint64_t lost = atomic_load_explicit(&slot->lost, memory_order_relaxed) + slot_calls(slot);
    atomic_store_explicit(&slot->lost, lost, memory_order_relaxed);
    atomic_store_explicit(&slot->stamp, SLOT_BUSY, memory_order_relaxed); /* A1 */
#pragma GCC unroll 16
    for (unsigned int i = 0; i < RECORD_WORDS; i++) {
        uint64_t word = record_word(record, i);
        sum += stamp_term(word, i);
        atomic_store_explicit(&slot->words[i], word, memory_order_release); /* A2, with R2 */
    }
    atomic_store_explicit(&slot->repeats, repeats_round(number, ring->mask), memory_order_release); /* A2, with R2 */
    atomic_store_explicit(&slot->stamp, stamp_of(number, sum), memory_order_release);               /* A3, with R1 */
    slot = &ring->slots[(number + 1) & ring->mask]; /* what is read of it next time is in the cache by then */
    __builtin_prefetch(&slot->stamp, 1);
    __builtin_prefetch(&slot->lost, 1);
    return number;
}

/*
 * Counts the record as one more of number `number`, if that is still there and equal in everything but its time; false
 * if it is to be appended. Only for the thread that appended that number. Wait-free but for handlers that interrupt it;
 * may be called from a signal handler; keeps errno.
 */
static inline bool ring_repeat(const struct ring *ring, uint64_t number, const struct record *record)
{
    struct ring_slot *slot = &ring->slots[number & ring->mask];
    const uint64_t round = repeats_round(number, ring->mask);
    uint64_t first = atomic_load_explicit(&slot->words[0], memory_order_relaxed);
    uint64_t word = atomic_load_explicit(&slot->repeats, memory_order_relaxed);
    for (unsigned int i = 1; i < RECORD_WORDS; i++)
        if (atomic_load_explicit(&slot->words[i], memory_order_relaxed) != record_word(record, i))
            return false;
    do {
        if (word >> REPEATS_ROUND_SHIFT << REPEATS_ROUND_SHIFT != round || repeats_count(word) == REPEATS_COUNT_MOST)
            return false;
        static_assert(offsetof(struct record, time_ns) == 0, "the time is the first word");
    } while (!atomic_compare_exchange_weak_explicit(
        &slot->repeats, &word, repeats_one_more(word, record->time_ns > first ? record->time_ns - first : 0),
        memory_order_release, memory_order_relaxed)); /* A4, with R2 */
    return true;
}

#endif
