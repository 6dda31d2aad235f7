/*
 * What the hooks ask of the refuser. It is told of a listener, and given nothing.
 *
 * By system calls throughout: libc's connect, send and recv are cancellation points, and listen and setsockopt are
 * none. No descriptor stays. May change errno; may be called from a signal handler.
 *
 * Each waits for an answer, REFUSER_PATIENCE_MS at most, and not at all for a refuser that is gone. Each returns 0, or
 * why nothing comes of it: ENOENT where LISTENAS_REFUSER names none, ECONNREFUSED if it is gone, ETIMEDOUT if it does
 * not answer, EPERM if it lacks the rights for that in the socket's network namespace, EACCES if it belongs to a user
 * who is neither root nor ours, or if the listener is not ours, ENOBUFS if it has no place for one more, ESRCH if it
 * does not find the listener, EPROTO for an answer that is none, or the errno of a call of ours that failed.
 */
#ifndef LISTENAS_GUEST_ASK_REFUSER_H
#define LISTENAS_GUEST_ASK_REFUSER_H

#include <stdbool.h>
#include <stdint.h>

/* From now on clients whose SYN the full queue of this listener drops are refused, or, if `resets`, connected and
 * reset. */
uint16_t refuser_watch(int fd, bool resets);

/*
 * From now on the connection that an accept filter holds longest is reset while more than `most` are held, or as many
 * as the kernel holds at most.
 */
uint16_t refuser_hold(int fd, int most);

/* The accept filter is gone. */
void refuser_unhold(int fd);

/*
 * Resets the newest connections of the queue so that `most` remain; `count` gets how many. Their places in the queue
 * stay taken until accept has taken them.
 */
uint16_t refuser_shorten(int fd, int most, int *count);

#endif
