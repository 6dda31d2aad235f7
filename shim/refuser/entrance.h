/*
 * Where held connections come in: the listeners of one network namespace and one family at the ports of those that
 * hold.
 */
#ifndef LISTENAS_REFUSER_ENTRANCE_H
#define LISTENAS_REFUSER_ENTRANCE_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stdint.h>

#include "listeners.h"

/* A listener, or several that share an address (SO_REUSEPORT) and cannot be told apart. */
struct entrance {
    struct inet_diag_sockid id;
    int64_t limit;       /* of held connections; INT_MAX or more for none */
    int64_t full;        /* as many as the kernel holds; 0 where nothing is limited */
    int64_t dropped;     /* packets since the last look */
    int64_t held, fresh; /* connections, and those of them that have come since */
};

struct entrances {
    struct listeners *listeners;
    int network, family, count;
    struct entrance of[LISTENERS_MAX];
};

/* Begins a look. Returns whether any listener of that network and family holds. */
bool entrances_begin(struct entrances *all, struct listeners *listeners, int network, int family);

/* Adds a socket that listens, from the message that lookup_all gives. */
void entrances_add(struct entrances *all, const void *message);

/* After all of them were added: drops the listeners of ours that hold and are closed. */
void entrances_end(struct entrances *all);

/* Where a connection has come in, as the kernel chooses among listeners; NULL if that is gone or none of ours. */
struct entrance *entrances_find(struct entrances *all, const struct inet_diag_sockid *id);

#endif
