/*
 * The writer, inlined: behind a system call, code that lies together is worth more than code that is short.
 *
 * A record's number is taken from `head`; its slot is that number modulo the ring. Then, for slot S:
 *
 *     A1  stamp <- 0                 (release order not needed: A2 carries it)
 *     A2  words[0..14] <- record     each with release order
 *     A3  stamp <- stamp of record   with release order
 *
 * and the reader (read.c):
 *
 *     R1  a <- stamp                 acquire, pairs with A3: a whole record's words are seen after its stamp
 *     R2  words[0..14]               each acquire, pairs with A2: who sees a newer word sees A1's zero at R3
 *     R3  b <- stamp                 a == b, and a is the stamp of these words under this number, or it is no record
 *
 * Two writers meet in one slot only when one of them sleeps while the others go once around the ring. Neither waits:
 * whatever mixture they leave does not match the stamp of either number, and the reader calls it lost. A writer that
 * is killed leaves a zero stamp until the slot's next turn.
 */
#ifndef LISTENAS_RING_APPEND_H
#define LISTENAS_RING_APPEND_H

#include <string.h>

#include "ring.h"
#include "stamp.h"

/*
 * Appends one record, overwriting the oldest. Wait-free: one atomic addition and seventeen stores (A1, fifteen words, A3), however many write.
 * May be called from a signal handler; keeps errno.
 */
static inline void ring_append(const struct ring *ring, const struct record *record)
{
    uint64_t sum = 0;
    uint64_t number = atomic_fetch_add_explicit(&ring->header->head, 1, memory_order_relaxed);
    struct ring_slot *slot = &ring->slots[number & ring->mask];
    atomic_store_explicit(&slot->stamp, 0, memory_order_relaxed); /* A1 */
#pragma GCC unroll 16
    for (unsigned int i = 0; i < RECORD_WORDS; i++) {
        uint64_t word;
        memcpy(&word, (const char *)record + i * sizeof word, sizeof word);
        sum += stamp_term(word, i);
        atomic_store_explicit(&slot->words[i], word, memory_order_release); /* A2, with R2 */
    }
    atomic_store_explicit(&slot->stamp, stamp_of(number, sum), memory_order_release); /* A3, with R1 */
}

#endif
