#include "sweep.h"

#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#define SWEEP_LEAST 16

/* For each place of the table: whether the kernel has that listener. */
struct sweep {
    struct listeners *listeners;
    int network;
    bool is_known[LISTENERS_MAX];
};

static void note(const void *message, void *context)
{
    struct sweep *sweep = context;
    struct found found;
    lookup_read(message, &found);
    const struct listener *listener = listeners_find(sweep->listeners, sweep->network, found.cookie);
    if (listener)
        sweep->is_known[listener - sweep->listeners->of] = true;
}

static int count_of(struct listeners *listeners, int network)
{
    int count = 0;
    for (struct listener *at = NULL; (at = listeners_next(listeners, network, at));)
        count++;
    return count;
}

static void drop_unknown(struct sweep *sweep)
{
    for (int i = 0; i < LISTENERS_MAX; i++) {
        struct listener *listener = &sweep->listeners->of[i];
        bool is_told = listener->turned.clients == 0;
        if (listener->used && listener->network == sweep->network && !sweep->is_known[i] && is_told)
            listeners_drop(sweep->listeners, listener);
    }
}

void sweep_network(struct refuser *refuser, struct network *network)
{
    static struct sweep sweep;
    sweep = (struct sweep){.listeners = &refuser->listeners, .network = network->number};
    /* With an incomplete answer, listeners that exist would be forgotten. */
    if (!lookup_all(network->diag, AF_INET, 1u << TCP_LISTEN, 0, false, note, &sweep) ||
        (network->six >= 0 && !lookup_all(network->diag, AF_INET6, 1u << TCP_LISTEN, 0, false, note, &sweep)))
        return;
    drop_unknown(&sweep);
    network->swept = count_of(&refuser->listeners, network->number);
    network_watch(network, &refuser->listeners);
}

void sweep_all(struct refuser *refuser, bool own)
{
    for (int i = own ? 0 : 1; i < NETWORKS_MAX; i++) {
        struct network *network = &refuser->networks.of[i];
        if (!network->used)
            continue;
        sweep_network(refuser, network);
        if (count_of(&refuser->listeners, i) == 0)
            network_leave(network);
    }
}

bool sweep_is_due(const struct network *network, struct listeners *listeners)
{
    int count = listeners->count < SWEEP_LEAST ? 0 : count_of(listeners, network->number);
    return listeners->count == LISTENERS_MAX || count > 2 * network->swept + SWEEP_LEAST;
}
