/*
 * Forgets listeners that are closed. The kernel does not report that, and they do no harm in the table, since no SYN
 * is for them. So the refuser looks for them only when that costs little beside its other questions.
 */
#ifndef LISTENAS_REFUSER_SWEEP_H
#define LISTENAS_REFUSER_SWEEP_H

#include "refuser.h"

/* Forgets the listeners of a network that the kernel does not have any more. Walks through all that it has. */
void sweep_network(struct refuser *refuser, struct network *network);

/* Sweeps all networks, the refuser's own only if `own`, and leaves those without a watched listener. */
void sweep_all(struct refuser *refuser, bool own);

/* Whether this network has gained enough listeners since the last sweep to be worth another. */
bool sweep_is_due(const struct network *network, struct listeners *listeners);

#endif
