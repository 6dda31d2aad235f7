/*
 * Which listener a held connection belongs to, among the listeners of one network namespace and one family.
 */
#ifndef LISTENAS_REFUSER_ENTRANCE_H
#define LISTENAS_REFUSER_ENTRANCE_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stdint.h>

#include "listeners.h"

/* One listener, or several that share an address (SO_REUSEPORT), which nothing tells apart. */
struct entrance {
    struct inet_diag_sockid id;
    int64_t limit;       /* on held connections; INT_MAX or more for none */
    int64_t full;        /* as many as the kernel holds; 0 if there is no limit */
    int64_t dropped;     /* packets since the last look */
    int64_t held, fresh; /* connections, and how many of them came since the last look */
};

struct entrances {
    struct listeners *listeners;
    int network, family, count;
    struct entrance of[LISTENERS_MAX];
};

/* Begins a look. Returns whether any listener of that network and family holds connections. */
bool entrances_begin(struct entrances *all, struct listeners *listeners, int network, int family);

/* Adds a listening socket, from the message that lookup_all gives. */
void entrances_add(struct entrances *all, const void *message);

/* After all sockets were added: forgets watched listeners that are closed. */
void entrances_end(struct entrances *all);

/* The entrance of a connection, chosen as the kernel chooses a listener; NULL if it is closed or not watched. */
struct entrance *entrances_find(struct entrances *all, const struct inet_diag_sockid *id);

#endif
