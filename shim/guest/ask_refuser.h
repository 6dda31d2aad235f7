/*
 * What the hooks ask of the refuser. They name a listener and give it no descriptor.
 *
 * By system calls throughout: libc's connect, send and recv are cancellation points, and listen and setsockopt are
 * none. Closes what it opens. May change errno; may be called from a signal handler.
 *
 * Each waits for an answer for at most REFUSER_PATIENCE_MS, and not at all for a refuser that is gone. Each returns
 * 0 or an errno: ENOENT if LISTENAS_REFUSER names none, ECONNREFUSED if it is gone, ETIMEDOUT if it does not answer,
 * EPERM if it lacks the rights in the socket's network namespace, EACCES if it belongs to a user who is neither root
 * nor this one, or if the listener belongs to another, ENOBUFS if it has no free place, ESRCH if it does not find
 * the listener, EPROTO for an invalid answer, or the errno of a system call that failed.
 */
#ifndef LISTENAS_GUEST_ASK_REFUSER_H
#define LISTENAS_GUEST_ASK_REFUSER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * From now on the refuser refuses clients whose SYN this listener's full queue drops, or, if `resets`, connects and
 * resets them. `tells` gets whether it will write into this process's ring whom.
 */
uint16_t refuser_watch(int fd, bool resets, bool *tells);

/*
 * From now on the refuser resets the connection that an accept filter holds longest, while more than `most` are
 * held, or as many as the kernel holds at most.
 */
uint16_t refuser_hold(int fd, int most);

/* The accept filter was removed. */
void refuser_unhold(int fd);

/*
 * Resets the newest connections of the queue until `most` remain; `count` gets how many. Their places in the queue
 * stay taken until accept has taken them.
 */
uint16_t refuser_shorten(int fd, int most, int *count);

#endif
