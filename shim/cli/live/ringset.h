/*
 * The set of rings that are looked at: opens those that appear and closes those that go.
 */
#ifndef LISTENAS_CLI_LIVE_RINGSET_H
#define LISTENAS_CLI_LIVE_RINGSET_H

#include "live.h"

/*
 * Looks at all processes, and brings `live->rings` up to date: rings of the choice, open, or with a fault. Returns 0 or
 * an errno, as live_refresh does.
 */
int ringset_update(struct live *live);

/* Closes a ring that cannot be read any more; `fault`, static memory, says why. */
void ringset_break(struct live_ring *ring, const char *fault);

/* Closes a ring and frees it. */
void ringset_forget(struct live_ring *ring);

#endif
