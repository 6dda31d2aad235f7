/*
 * A listener's queue, looked at from time to time when the program calls accept: how long it is, since when it is full,
 * and what the kernel dropped. It is done at most record.queue_samples times a second, and where that key is not set,
 * not at all: no program gets a system call that it did not expect. While a queue is full it is looked at more often,
 * so that the end is seen. What happens while nobody calls accept is seen at the next call.
 */
#ifndef LISTENAS_GUEST_QUEUE_SAMPLES_H
#define LISTENAS_GUEST_QUEUE_SAMPLES_H

#include <stdbool.h>

#include "../ring/keep.h"

/* Reads the key. Only for the constructor. */
void queue_samples_start(void);

/*
 * Looks at the queue for a call of accept, and records what has come to an end: a time for which it was full, or
 * dropped connections. Returns false if the descriptor is not this listener any more. May be called from a signal
 * handler; may change errno.
 */
bool queue_sample(struct ring_listener *listener, const struct record *accepted);

#endif
