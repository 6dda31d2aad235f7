/*
 * The name of the socket that a thread has bound last: the record of listen says where the socket listens, and where no
 * key asks anything at listen, the kernel is not asked for that either.
 */
#ifndef LISTENAS_CALLS_BOUND_H
#define LISTENAS_CALLS_BOUND_H

#include <stdbool.h>
#include <sys/socket.h>

#include "../guest/recorder.h"

/* The record of a bind that succeeded. Keeps errno; may be called from a signal handler, as all of this. */
void bound_note(const struct record *record);

/* Puts the name of the socket that this record of listen tells of into the record, if it is the one bound last. */
void bound_tell(struct record *record);

/*
 * Whether the kernel has chosen the socket's port, at bind or at listen, and it has not been seen yet: the program's
 * own getsockname tells it.
 */
bool bound_is_unseen(int fd);

/* The program has asked for the name of such a socket; `record` is of that call, with the name in it. */
void bound_note_seen(const struct record *record);

#endif
