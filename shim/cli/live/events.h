/*
 * What happened to the listeners of a ring, from its events.
 */
#ifndef LISTENAS_CLI_LIVE_EVENTS_H
#define LISTENAS_CLI_LIVE_EVENTS_H

#include "live.h"

/*
 * Notes the last failure of each listener. Reads no events while no listener has failed with anything but EAGAIN, which
 * only says that nobody waits. May touch pages that are gone: guard.h.
 */
void events_follow(struct live_ring *ring);

#endif
