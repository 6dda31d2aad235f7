/*
 * Where clients come in: the listeners of one network namespace and one family, kept by the gatekeeper or not.
 */
#ifndef LISTENAS_GATE_PLACES_H
#define LISTENAS_GATE_PLACES_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stdint.h>

#include "listeners.h"

/* A listener, or several that share an address by SO_REUSEPORT and cannot be told apart. */
struct place {
    struct inet_diag_sockid id;
    int64_t limit;       /* of held connections; INT_MAX or more for none */
    int64_t full;        /* as many as the kernel holds; 0 where nothing is limited */
    int64_t dropped;     /* packets since it was asked before */
    int64_t held, fresh; /* connections, and those of them that have come since; zero at first */
};

struct places {
    struct listeners *all;
    uint64_t network;
    int count;
    struct place of[LISTENERS_MAX];
};

/* Starts anew. Returns whether any listener there is limited in what it holds. */
bool places_begin(struct places *places, struct listeners *all, uint64_t network, int family);

/* Adds a socket that listens. */
void places_add(struct places *places, const struct inet_diag_msg *socket);

/* Where a connection has come in, as the kernel chooses among listeners; NULL if that is gone. */
struct place *places_find(struct places *places, const struct inet_diag_sockid *id);

#endif
