#include "places.h"

#include <limits.h>
#include <string.h>

#include "valve.h"

bool places_begin(struct places *places, struct listeners *all, uint64_t network, int family)
{
    bool any = false;
    places->all = all;
    places->network = network;
    places->count = 0;
    for (int i = 0; i < all->end; i++)
        any = any ||
              (all->of[i].used && all->of[i].holds && all->of[i].network == network && all->of[i].family == family);
    return any;
}

static struct listener *find_listener(const struct places *places, ino_t inode)
{
    for (int i = 0; i < places->all->end; i++) {
        struct listener *listener = &places->all->of[i];
        if (listener->used && listener->inode == inode && listener->network == places->network)
            return listener;
    }
    return NULL;
}

/*
 * The kernel holds one more than the backlog, and that place is kept free. While the accept queue is full nobody comes
 * in, and one that is held may have spoken already.
 */
static int64_t limit_of(const struct listener *listener)
{
    struct queue queue;
    if (!listener || !listener->holds || !valve_queue(listener->fd, &queue) || queue.queued > listener->backlog)
        return INT_MAX;
    unsigned int most = listener->backlog > 0 ? listener->backlog : 1;
    return listener->most < most ? listener->most : most;
}

/* Packets that the listener has dropped since it was asked last. */
static int64_t new_drops(struct listener *listener)
{
    uint32_t before = listener->drops;
    listener->drops = valve_drops(listener->fd);
    return (uint32_t)(listener->drops - before);
}

static bool is_same(const struct inet_diag_sockid *a, const struct inet_diag_sockid *b)
{
    return a->idiag_sport == b->idiag_sport && a->idiag_if == b->idiag_if &&
           memcmp(a->idiag_src, b->idiag_src, sizeof a->idiag_src) == 0;
}

void places_add(struct places *places, const struct inet_diag_msg *socket)
{
    struct listener *listener = find_listener(places, socket->idiag_inode);
    struct place *place = places->of, *end = places->of + places->count, found = {.id = socket->id};
    if (listener && listener->closed)
        found.id.idiag_if = (uint32_t)listener->interface;
    while (place < end && !is_same(&place->id, &found.id))
        place++;
    if (place == places->of + LISTENERS_MAX)
        return;
    if (place == end) {
        *place = found;
        places->count++;
    }
    place->limit += limit_of(listener);
    if (listener && listener->holds) {
        place->full += (int64_t)listener->backlog + 1;
        place->dropped += new_drops(listener);
    }
}

/* How well a place suits a connection, as the kernel chooses among listeners; negative if it does not. */
static int suitability(const struct place *place, const struct inet_diag_sockid *id)
{
    static const uint32_t anywhere[4];
    bool exact = memcmp(place->id.idiag_src, id->idiag_src, sizeof id->idiag_src) == 0;
    if (place->id.idiag_sport != id->idiag_sport || (place->id.idiag_if && place->id.idiag_if != id->idiag_if) ||
        (!exact && memcmp(place->id.idiag_src, anywhere, sizeof anywhere) != 0))
        return -1;
    return 2 * exact + (place->id.idiag_if != 0);
}

struct place *places_find(struct places *places, const struct inet_diag_sockid *id)
{
    struct place *best = NULL;
    int most = -1;
    for (int i = 0; i < places->count; i++) {
        int suits = suitability(&places->of[i], id);
        if (suits > most) {
            most = suits;
            best = &places->of[i];
        }
    }
    return best;
}
