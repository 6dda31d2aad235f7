/*
 * Resets the newest connections of an accept queue, for a platform where listen with a smaller backlog drops those
 * beyond it.
 */
#ifndef LISTENAS_REFUSER_SHORTEN_H
#define LISTENAS_REFUSER_SHORTEN_H

#include "network.h"

/*
 * Destroys connections in the queue of the listener `found`, the newest first, until `most` remain; `count` gets how
 * many. Their clients are reset at once; their places in the queue stay taken until accept reaches them. The kernel
 * does not tell which of several connections of one clock tick (1 to 10 ms) is the newest. Returns 0 or an errno:
 * EOPNOTSUPP if more connections wait at the address than the kernel counts in this queue, since it does not tell
 * which of several listeners (SO_REUSEPORT) they belong to.
 */
int shorten(struct network *network, const struct found *listener, uint32_t most, uint32_t *count);

#endif
