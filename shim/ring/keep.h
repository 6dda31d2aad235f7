/*
 * What is kept while events go by: how each process began, and what each listener is.
 *
 * A kept record has the stamp of its number, as in a slot (append.h), and a number beside it:
 *
 *     K1  stamp <- BUSY; words       release, pairs with K3
 *     K2  stamp; number              release, pairs with K3
 *     K3  reader: number, stamp, words, stamp again, as R1 to R3
 *
 * A death between K1 and K2 leaves none. The listeners' places go
 *
 *     FREE -> CLAIMED -> BOUND -> LISTENS -> DEAD -> CLAIMED -> ...
 *
 * each by compare-and-swap, so that one writer has a claimed place for itself; a death leaves it CLAIMED for good, one
 * place fewer. What a place counts is added to by whoever calls accept, each count by itself.
 */
#ifndef LISTENAS_RING_KEEP_H
#define LISTENAS_RING_KEEP_H

#include "ring.h"

/* Keeps a copy of record `number`. Wait-free; may be called from a signal handler. */
void ring_keep(struct ring_kept *kept, uint64_t number, const struct record *record);

/* False if there is none, or it is being written. */
bool ring_kept(const struct ring_kept *kept, uint64_t *number, struct record *record);

/*
 * Keeps a process's start record, in the place of the one that started first among those without a listener. May be
 * called from a signal handler.
 */
void ring_keep_process(const struct ring *ring, uint64_t number, const struct record *start);

/* NULL for 0 and for a number that the table does not have. For writing: only in a ring that ring_open gave. */
static inline struct ring_listener *ring_listener(const struct ring *ring, uint32_t number)
{
    const struct ring_part *part = &ring->tables[TABLE_LISTENERS];
    return number > 0 && number <= part->entries
               ? (struct ring_listener *)(part->first + (size_t)(number - 1) * part->stride)
               : NULL;
}

/* NULL for a number that the table does not have; from 1. */
const struct ring_process *ring_process(const struct ring *ring, uint32_t number);

/* Whether nobody can have this socket any more. */
typedef bool (*listener_is_gone)(uint64_t owner, uint64_t cookie);

/*
 * Claims a place: a free one, else that of the listener that has been dead for longest, else of a socket that was only
 * bound, else of one that `is_gone` knows to be. Returns its number, all of it zero but the state, the owner and the
 * time; 0 if every listener there lives, and counts it as missed. May be called from a signal handler.
 */
uint32_t ring_listener_claim(const struct ring *ring, uint64_t owner, uint64_t now_ns, listener_is_gone is_gone);

/* Leads a claimed place to its next state. May be called from a signal handler. */
void ring_listener_set(struct ring_listener *listener, enum listener_state state);

/* Counts one more failure with this errno. May be called from a signal handler. */
void ring_listener_failed(struct ring_listener *listener, unsigned int error);

/* The number of the listener with this cookie, 0 if there is none. */
uint32_t ring_listener_find(const struct ring *ring, uint64_t cookie);

#endif
