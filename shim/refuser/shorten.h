/*
 * Resetting the newest connections of an accept queue, for a platform on which a listener that listens again with a
 * smaller backlog drops what is beyond.
 */
#ifndef LISTENAS_REFUSER_SHORTEN_H
#define LISTENAS_REFUSER_SHORTEN_H

#include "network.h"
#include "protocol.h"

/*
 * Destroys connections that wait in the queue of the listener that the request names, the newest first, until
 * request->most remain; `count` gets how many. Their clients are reset at once; the queue keeps their places until
 * accept takes them. Which of several that came within a tick of the kernel's clock (1 to 10 ms) is the newest, the
 * kernel does not tell. `queued`: as the kernel counts the queue. Returns 0 or an errno: EOPNOTSUPP where more than
 * that wait at the address, since the kernel does not tell which of several listeners (SO_REUSEPORT) they are for.
 */
int shorten(struct network *network, const struct refuser_request *request, uint32_t queued, uint32_t *count);

#endif
