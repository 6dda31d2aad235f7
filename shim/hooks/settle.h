/*
 * What a call changes in a queue that refuses or resets is seen by the gatekeeper before the call returns: so a program
 * that is server and client, as a test is, meets at each step what the platform promises, and not what it promises
 * some microseconds later. For calls under a profile with a gate (guest.gated). Keep errno; may be called from a signal
 * handler.
 */
#ifndef LISTENAS_HOOKS_SETTLE_H
#define LISTENAS_HOOKS_SETTLE_H

#include <stdbool.h>

/* There is room now: asks only where the gate is closed. */
void settle_after_accept(int listener);

/* The queue may be full now, or the client at a decoy: asks only where it was connected, over TCP, to this host. */
void settle_after_connect(int fd);

/* Whether it is a listener whose gate may be kept; ask before close. */
bool settle_minds_close(int fd);

/* Only the gatekeeper may hold it now. */
void settle_after_close(void);

#endif
