/*
 * A listener that listens again with a smaller backlog, where the platform resets the connections that are beyond it
 * (listen.relisten_excess).
 *
 * The refuser destroys them, the newest first, but nothing takes a connection out of a queue on Linux except accept:
 * the dead keep their places. So the kernel's backlog is larger by their number, which the listener's mark keeps, and
 * becomes smaller by one each time that accept meets one of them. All of it may be called from a signal handler, and
 * may change errno.
 */
#ifndef LISTENAS_CALLS_EXCESS_H
#define LISTENAS_CALLS_EXCESS_H

#include <stdbool.h>

#include "../ring/layout.h"

/*
 * Before a listener listens again with a queue of `capacity` connections: has those beyond reset, and notes in the
 * record how many, or why not. Returns by how much the kernel's backlog is to be larger.
 */
int excess_at_listen(int fd, int capacity, struct record *record);

/* Notes after the listen how many places the dead keep. */
void excess_note(int fd, int places);

/*
 * accept has got a connection that was reset in the queue: whether it is to be taken for one of those; then the
 * kernel's backlog is smaller by one. Where clients reset theirs as well, they are not told apart, and the queue is
 * shorter by as many until the last of the dead is accepted.
 */
bool excess_at_accept(int listener);

#endif
