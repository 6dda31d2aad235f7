/*
 * The writer, inlined: after a system call code that lies together is worth more than code that is short.
 *
 * Numbers. A thread claims numbers from a lane, a few at a time, and uses them one after the other. As long as it has
 * some, it shares nothing that changes with any other thread: its record costs no atomic operation, and no cache line
 * comes from another processor but those of slots that another has written a round before. A thread begins with claims
 * of one; the more it has written the larger they are, and never more than a quarter of that: so what a thread leaves
 * unused when it ends, or idles, is less than what it used. A thread that comes late, when its lane has given out half
 * a round of numbers since, gives them up and begins anew (W2): until then no other writer can have its slots.
 *
 *     W1  w.inside <- 1                                  a handler that comes before W4 claims one number for itself
 *     W2  w.next == w.end, or L.head - w.next > half     claim more: L.head += k, relaxed: it orders nothing
 *     W3  n <- number of w.next; w.next += 1
 *     W4  w.inside <- 0
 *
 * Slots. Record n has slot n modulo the ring. A slot goes through
 *
 *     EMPTY -> BUSY n -> WHOLE n -> WHOLE n, repeated -> BUSY n + k * slots -> ...
 *
 * k is 1 unless the number between was left unused. The writer of record n does, in slot S:
 *
 *     A1  lost <- what S has lost, and the calls of its record if it has a whole one
 *         S.stamp <- BUSY, n's round, lost               relaxed: A2 carries it
 *     A2  S.lost <- lost, S.words[0..12] <- record, S.repeats <- n's round
 *                                                        each release, pairs with R2
 *     A3  S.stamp <- WHOLE: stamp of record and n        release, pairs with R1
 *
 * the thread that wrote record n, when its next call is equal:
 *
 *     A4  S.repeats <- one more, by compare-and-swap     release, pairs with R2; fails if the round is another's
 *
 * and the reader (read.c):
 *
 *     R1  a <- S.stamp                               acquire, pairs with A3: who sees it sees the record's words
 *     R2  S.lost, S.words[0..12], S.repeats          each acquire, pairs with A2: who sees a newer one sees BUSY at R3
 *     R3  b <- S.stamp                               relaxed: a == b, or it is no record; nor is it one whose stamp,
 *                                                    made of these words and this number, is another
 *
 * What a reader may see. Under number n: the record of n, whole and with all repetitions that had been counted at R2;
 * nothing yet; BUSY of n; or that a newer number has the slot. Never words of two records, and never those of n - k *
 * slots as those of n. A record is there from A3 on, until A1 of the next in its slot.
 *
 * What a death leaves, at any instruction. Up to A1: numbers that nobody will use, and slots that keep their old
 * records until their next turn. From A1 to A3: BUSY, whose `lost` is right whether S.lost is written or not (A1 of the
 * next takes it from there). After A3: a whole record. At A4: the old count or the new one. So no record that was
 * complete is touched by a death, each call that was is told or counted as lost, once, and the next turn of the slot
 * makes it whole.
 *
 * Two writers meet in one slot only when one of them sleeps, from W2 to A3, while the others go half a round. Neither
 * waits: whatever mixture they leave does not match the stamp of either number, and a reader takes it for damaged.
 * S.lost is exact but for such a meeting, and for an A4 a whole round late, between the reading and the writing of A1:
 * then the calls of the record that is overwritten are counted twice, or not, or one is missing.
 */
#ifndef LISTENAS_RING_APPEND_H
#define LISTENAS_RING_APPEND_H

#include <string.h>

#include "lane.h"
#include "likely.h"
#include "repeats.h"
#include "ring.h"
#include "stamp.h"

/*
 * A thread's own, all zero to begin with, and all zero again in a forked child, whose numbers would be its parent's.
 * For one ring.
 */
struct ring_writer {
    uint64_t next, end; /* what is claimed and not used of its lane */
    uint32_t lane;
    uint32_t stay;                   /* numbers still to claim there before other lanes are looked at */
    uint32_t claimed;                /* since it was overtaken last */
    uint32_t inside;                 /* W1 to W4 */
    uint64_t seen[RING_LANES_MOST];  /* where each lane's head would be, had only this thread claimed since */
    uint8_t shared[RING_LANES_MOST]; /* looks for which the lane counts as one that others claim from */
};

/* W2: claims numbers for the writer. Returns the first. Wait-free; keeps errno. */
uint64_t ring_claim_more(const struct ring *ring, struct ring_writer *writer);

/* Claims a single number. Wait-free; may be called from a signal handler; keeps errno. */
uint64_t ring_claim_one(const struct ring *ring);

static inline uint64_t record_word(const struct record *record, unsigned int i)
{
    uint64_t word;
    memcpy(&word, (const char *)record + i * sizeof word, sizeof word);
    return word;
}

/* Calls that a slot has lost once what it holds is overwritten. */
static inline uint64_t slot_lost_next(const struct ring_slot *slot)
{
    uint64_t stamp = atomic_load_explicit(&slot->stamp, memory_order_relaxed);
    uint64_t repeats = atomic_load_explicit(&slot->repeats, memory_order_relaxed);
    uint64_t lost = atomic_load_explicit(&slot->lost, memory_order_relaxed);
    if (likely(stamp_is_whole(stamp)))
        return lost + 1 + repeats_count(repeats);
    return stamp_is_busy(stamp) ? busy_lost(stamp) : lost;
}

/* A1 to A3. */
static inline __attribute__((always_inline)) void ring_write(const struct ring *ring, uint64_t number,
                                                             const struct record *record)
{
    const uint64_t round = lane_round(ring, number);
    struct ring_slot *slot = &ring->slots[number & ring->mask];
    uint64_t lost = slot_lost_next(slot), sum = 0;
    atomic_store_explicit(&slot->stamp, stamp_busy(round, lost), memory_order_relaxed); /* A1 */
    atomic_store_explicit(&slot->lost, lost, memory_order_release);                     /* A2, with R2 */
#pragma GCC unroll 16
    for (unsigned int i = 0; i < RECORD_WORDS; i++) {
        uint64_t word = record_word(record, i);
        sum += stamp_term(word, i);
        atomic_store_explicit(&slot->words[i], word, memory_order_release); /* A2, with R2 */
    }
    atomic_store_explicit(&slot->repeats, repeats_of_round(round), memory_order_release); /* A2, with R2 */
    atomic_store_explicit(&slot->stamp, stamp_of(number, sum), memory_order_release);     /* A3, with R1 */
    slot++; /* what is read of it next time is in the cache by then; behind the last there is nothing to fetch */
    __builtin_prefetch(&slot->stamp, 1);
    __builtin_prefetch(&slot->lost, 1);
}

/*
 * Appends one record, overwriting the oldest of its lane, and returns its number. Wait-free: an atomic addition and
 * eighteen stores, however many write. May be called from a signal handler; keeps errno.
 */
static inline uint64_t ring_append(const struct ring *ring, const struct record *record)
{
    uint64_t number = ring_claim_one(ring);
    ring_write(ring, number, record);
    return number;
}

/* Whether the first number that is claimed may not be used: there is none, or it is overtaken. */
static inline bool ring_needs_claim(const struct ring *ring, const struct ring_writer *writer)
{
    uint64_t head = atomic_load_explicit(&ring->header->lanes[writer->lane].head, memory_order_relaxed);
    return writer->next == writer->end || head - writer->next > ring->lane_late;
}

/* W1 to W4. */
static inline __attribute__((always_inline)) uint64_t ring_claim(const struct ring *ring, struct ring_writer *writer)
{
    if (unlikely(writer->inside))
        return ring_claim_one(ring);
    writer->inside = 1; /* W1 */
    atomic_signal_fence(memory_order_seq_cst);
    uint64_t seq = unlikely(ring_needs_claim(ring, writer)) ? ring_claim_more(ring, writer) : writer->next;
    uint64_t number = lane_number(ring, writer->lane, seq);
    writer->next = seq + 1; /* W3 */
    atomic_signal_fence(memory_order_seq_cst);
    writer->inside = 0; /* W4 */
    return number;
}

/*
 * The same for a thread that writes more than one: mostly without an atomic operation. Its handlers may call it, too.
 */
static inline __attribute__((always_inline)) uint64_t
ring_append_by(const struct ring *ring, struct ring_writer *writer, const struct record *record)
{
    uint64_t number = ring_claim(ring, writer);
    ring_write(ring, number, record);
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
    const uint64_t round = repeats_of_round(lane_round(ring, number));
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
