/*
 * A ring with the names of our calls and keys in it. The ring itself knows neither.
 */
#ifndef LISTENAS_GUEST_RING_NAMES_H
#define LISTENAS_GUEST_RING_NAMES_H

#include "../profile/call.h"
#include "../ring/ring.h"

/*
 * The numbers of records that are of no call that a program makes for its work: what a listener's queue was,
 * listenas_use and listenas_mark; then how many names there are.
 */
enum { CALL_QUEUE = CALL_COUNT, CALL_USE, CALL_MARK, RING_CALLS };

/*
 * Makes or joins the ring as ring_open does, and with its answers; EEXIST also for a ring with other names in it. The
 * names in `identity` need not be set: they are filled in here. May be called from a signal handler; may change errno.
 */
int ring_names_open(struct ring *ring, const char *path, struct ring_identity identity);

#endif
