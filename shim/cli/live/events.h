/*
 * What happened to the listeners of a ring, from its events.
 */
#ifndef LISTENAS_CLI_LIVE_EVENTS_H
#define LISTENAS_CLI_LIVE_EVENTS_H

#include "live_ring.h"

/*
 * Notes the last failure of each listener. Reads no events while no listener has failed with anything but EAGAIN, which
 * only says that nobody waits. May touch pages that are gone: guard.h.
 */
void events_follow(struct live_ring *ring);

/*
 * The last events of a listener, at most `most`, the oldest first. Reads the whole ring. Returns how many there are;
 * none where there is no memory, or the ring cannot be read any more.
 */
size_t live_events(const struct live_ring *ring, const struct listener *listener, struct told *events, size_t most);

#endif
