#include "entrance.h"

#include <limits.h>
#include <linux/netlink.h>
#include <string.h>

bool entrances_begin(struct entrances *all, struct listeners *listeners, int network, int family)
{
    bool any = false;
    all->family = family;
    all->listeners = listeners;
    all->network = network;
    all->count = 0;
    for (struct listener *at = NULL; (at = listeners_next(listeners, network, at));) {
        at->met = false;
        any |= at->holds && at->family == family;
    }
    return any;
}

void entrances_end(struct entrances *all)
{
    for (struct listener *at = NULL; (at = listeners_next(all->listeners, all->network, at));)
        if (at->holds && at->family == all->family && !at->met)
            listeners_drop(all->listeners, at);
}

/* Only a connection at the port of a watched listener can belong to one. */
static bool is_port_of_holder(const struct entrances *all, uint16_t port)
{
    for (struct listener *at = NULL; (at = listeners_next(all->listeners, all->network, at));)
        if (at->holds && at->port == port)
            return true;
    return false;
}

/*
 * The kernel holds one more than the backlog; that place stays free. While the accept queue is full the kernel keeps
 * connections held although their data has come.
 */
static int64_t limit_of(const struct listener *listener, const struct found *found)
{
    if (!listener || !listener->holds || found->queued > found->backlog)
        return INT_MAX;
    uint32_t most = found->backlog > 0 ? found->backlog : 1;
    return listener->most < most ? listener->most : most;
}

static bool is_same(const struct inet_diag_sockid *a, const struct inet_diag_sockid *b)
{
    return a->idiag_sport == b->idiag_sport && a->idiag_if == b->idiag_if &&
           memcmp(a->idiag_src, b->idiag_src, sizeof a->idiag_src) == 0;
}

/* The entrance at that address, a new one if needed; NULL if there is no room. */
static struct entrance *entrance_at(struct entrances *all, const struct inet_diag_sockid *id)
{
    for (int i = 0; i < all->count; i++)
        if (is_same(&all->of[i].id, id))
            return &all->of[i];
    if (all->count == LISTENERS_MAX)
        return NULL;
    all->of[all->count] = (struct entrance){.id = *id};
    return &all->of[all->count++];
}

void entrances_add(struct entrances *all, const void *message)
{
    const struct inet_diag_msg *socket = NLMSG_DATA((const struct nlmsghdr *)message);
    struct found found;
    if (!is_port_of_holder(all, socket->id.idiag_sport))
        return;
    lookup_read(message, &found);
    struct listener *listener = listeners_find(all->listeners, all->network, found.cookie);
    struct entrance *entrance = entrance_at(all, &socket->id);
    if (!entrance)
        return;
    entrance->limit += limit_of(listener, &found);
    if (listener && listener->holds) {
        entrance->full += (int64_t)found.backlog + 1;
        entrance->dropped += (uint32_t)(found.drops - listener->held_drops);
        listener->held_drops = found.drops;
        listener->met = true;
    }
}

/*
 * How well an entrance matches a connection, in the order in which the kernel chooses among listeners; negative for
 * no match.
 */
static int suitability(const struct entrance *entrance, const struct inet_diag_sockid *id)
{
    static const uint32_t anywhere[4];
    bool exact = memcmp(entrance->id.idiag_src, id->idiag_src, sizeof id->idiag_src) == 0;
    if (entrance->id.idiag_sport != id->idiag_sport ||
        (entrance->id.idiag_if && entrance->id.idiag_if != id->idiag_if) ||
        (!exact && memcmp(entrance->id.idiag_src, anywhere, sizeof anywhere) != 0))
        return -1;
    return 2 * exact + (entrance->id.idiag_if != 0);
}

struct entrance *entrances_find(struct entrances *all, const struct inet_diag_sockid *id)
{
    struct entrance *best = NULL;
    int most = -1;
    for (int i = 0; i < all->count; i++) {
        int suits = suitability(&all->of[i], id);
        if (suits > most) {
            most = suits;
            best = &all->of[i];
        }
    }
    return best;
}
