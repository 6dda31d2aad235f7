/*
 * A listener that listens again with a smaller backlog, where the platform resets the connections beyond it
 * (listen.relisten_excess).
 *
 * The refuser destroys them, the newest first, but on Linux only accept takes a connection out of a queue, so the
 * dead ones keep their places. The kernel's backlog is therefore larger by their number, which the listener's mark
 * keeps, and shrinks by one each time that accept meets one of them. All of it may be called from a signal handler,
 * and may change errno.
 */
#ifndef LISTENAS_CALLS_EXCESS_H
#define LISTENAS_CALLS_EXCESS_H

#include <stdbool.h>

#include "../ring/layout.h"

/*
 * Before a listener listens again with a queue of `capacity` connections: has the refuser reset those beyond it, and
 * records how many, or why not. Returns by how much the kernel's backlog is to be larger.
 */
int excess_at_listen(int fd, int capacity, struct record *record);

/* After the listen: notes how many places the dead connections hold. */
void excess_note(int fd, int places);

/*
 * accept got a connection that was reset in the queue: returns whether it counts as one of those, and then shrinks
 * the kernel's backlog by one. A connection that its client has reset looks the same; until the last dead one is
 * accepted the queue is shorter by the number of those.
 */
bool excess_at_accept(int listener);

#endif
