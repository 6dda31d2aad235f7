/*
 * Forgetting listeners that are closed. The kernel tells nobody, and nothing is wrong as long as they stay in the
 * table: no SYN is for them. So they are looked for only when that costs little beside what is asked anyway.
 */
#ifndef LISTENAS_REFUSER_SWEEP_H
#define LISTENAS_REFUSER_SWEEP_H

#include "refuser.h"

/* Drops the listeners of a network that the kernel does not know any more. Costs a walk through all that it knows. */
void sweep_network(struct refuser *refuser, struct network *network);

/* Sweeps all networks, the refuser's own only if `own`, and leaves those that have no listener of ours any more. */
void sweep_all(struct refuser *refuser, bool own);

/* Whether the table holds so many more of this network than the last sweep has left that another is worth its cost. */
bool sweep_is_due(const struct network *network, struct listeners *listeners);

#endif
