/*
 * Resetting the newest connections of an accept queue, for a platform on which a listener that listens again with a
 * smaller backlog drops what is beyond.
 */
#ifndef LISTENAS_REFUSER_SHORTEN_H
#define LISTENAS_REFUSER_SHORTEN_H

#include "network.h"

/*
 * Destroys connections that wait in the queue of the listener that was found, the newest first, until `most` remain;
 * `count` gets how many. Their clients are reset at once; the queue keeps their places until accept takes them. Which
 * of several that came within a tick of the kernel's clock (1 to 10 ms) is the newest, the kernel does not tell.
 * Returns 0 or an errno: EOPNOTSUPP where more wait at its address than the kernel counts in its queue, since the
 * kernel does not tell which of several listeners (SO_REUSEPORT) they are for.
 */
int shorten(struct network *network, const struct found *listener, uint32_t most, uint32_t *count);

#endif
