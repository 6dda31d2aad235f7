/*
 * From a descriptor to its listener in the ring.
 *
 * No table of descriptors has to be true: a hint says which place of the ring a descriptor's listener had when it
 * was made, or last asked for. The hint goes when accept says that the descriptor is no listener, when another
 * socket is bound or listens there, and when a look at the queue finds another socket (its SO_COOKIE). Until then,
 * calls of a listener that reached the descriptor in another way (dup2, SCM_RIGHTS) count for the earlier one.
 */
#ifndef LISTENAS_GUEST_LISTENERS_H
#define LISTENAS_GUEST_LISTENERS_H

#include "../profile/call.h"
#include "../ring/keep.h"
#include "../ring/likely.h"
#include "recorder_state.h"

#define HINTS 32u
#define HINT_NUMBER_BITS 12
#define HINT_NUMBER ((1u << HINT_NUMBER_BITS) - 1)
/* Stands for: looked for, and not in the ring. */
#define HINT_NONE HINT_NUMBER

/* Bits 31-12 the descriptor, 11-0 the listener's number; 0 for none. A forked child goes on with its parent's. */
extern _Atomic uint32_t listener_hints[HINTS];

/*
 * The name of a listener that the kernel is not asked for: copies the address of the listen or bind that is kept for
 * the descriptor into the record. False if none is kept. May be called from a signal handler, as the next two.
 */
bool listener_name(int fd, struct record *record);

/* Whether the kernel has chosen that listener's port, and no record has it yet. */
bool listener_lacks_port(int fd);

/* The program itself has asked for that name, and `record` has it: keeps it. */
void listener_note_name(const struct record *record);

/* The descriptor is a new socket: forgets the name of the one before. */
void listener_forget(int fd);

/* For recorded calls other than accept: notes what listeners are made by. Cold. */
void listener_note(const struct ring *ring, uint64_t number, const struct record *record);

/* Counts a call of accept and remembers the listener, if `known` does not know it or the call failed. Keeps errno. */
__attribute__((cold)) void listener_count_anew(const struct ring *ring, const struct record *record,
                                               struct listener_known *known, uint64_t sample_ns);

/*
 * Looks at the queue. Returns false, and forgets what is known, if the descriptor is another socket by now. Keeps
 * errno.
 */
__attribute__((cold)) bool listener_look(struct ring_listener *listener, const struct record *record,
                                         struct listener_known *known);

/* Whether its queue may be looked at again: at most once in `sample_ns`. */
static inline bool listener_is_due(const struct ring_listener *listener, uint64_t now_ns, uint64_t sample_ns)
{
    return now_ns - atomic_load_explicit(&listener->sampled_ns, memory_order_relaxed) >= sample_ns;
}

/* Counts a call of accept by its record. Keeps errno; may be called from a signal handler. */
static inline __attribute__((always_inline)) void listener_count(const struct ring *ring, const struct record *record,
                                                                 struct listener_known *known, uint64_t sample_ns)
{
    struct ring_listener *listener = known->listener;
    if (unlikely(record->result < 0) || unlikely(known->fd != record->fd) || unlikely(!listener) ||
        unlikely(atomic_load_explicit(&listener->life, memory_order_relaxed) != known->life)) {
        listener_count_anew(ring, record, known, sample_ns);
        return;
    }
    if (unlikely(listener_is_due(listener, record->time_ns, sample_ns)) && !listener_look(listener, record, known)) {
        listener_count_anew(ring, record, known, sample_ns);
        return;
    }
    atomic_fetch_add_explicit(&listener->accepted, 1, memory_order_relaxed);
    atomic_store_explicit(&listener->last_ns, record->time_ns, memory_order_relaxed);
}

#endif
