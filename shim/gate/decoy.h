/*
 * The decoy of one listener: a second one at the same address, which connects clients and resets them. It is open
 * while the gate of the first is closed, and by the same means (valve.h): bound to an interface that cannot exist,
 * no SYN reaches it.
 *
 * While both are open, the kernel takes the one that began to listen last, or of two of IPv6 with SO_REUSEPORT the
 * one that began first. Source: inet_hash and inet_lhash2_lookup in net/ipv4/inet_hashtables.c; measured on 6.18.
 */
#ifndef LISTENAS_GATE_DECOY_H
#define LISTENAS_GATE_DECOY_H

#include <stdbool.h>

/*
 * Makes the closed decoy of `listener`, whose gate must be closed meanwhile: two listeners can have one address only
 * as long as their interfaces differ. It is made in the listener's network namespace, and for its user, so that
 * whoever could share the port with the listener still can. Returns the descriptor, or -1 with errno set: EPERM
 * where this process may not do so there.
 */
int decoy_make(int listener);

/* Whether both are at one address still: a listener that is shut down and listens again may be at a new port. */
bool decoy_fits(int decoy, int listener);

/* `interface`: the one that the program bound the listener to, 0 for none. Both return 0 or an errno. */
int decoy_open(int decoy, int interface);
int decoy_close(int decoy);

/* Resets the clients that have connected, a few dozen at most. Never waits. */
void decoy_reset(int decoy);

#endif
