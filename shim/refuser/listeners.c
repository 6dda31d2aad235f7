#include "listeners.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int *bucket_of(struct listeners *all, int network, uint64_t cookie)
{
    uint64_t hash = (cookie + (uint64_t)network) * 0x9e3779b97f4a7c15u;
    return &all->first[hash >> 51 & (LISTENERS_BUCKETS - 1)];
}

static void link_place(struct listeners *all, int place)
{
    int *first = bucket_of(all, all->of[place].network, all->of[place].cookie);
    all->of[place].next = *first;
    *first = place + 1;
}

void listeners_recover(struct listeners *all)
{
    memset(all->first, 0, sizeof all->first);
    all->count = all->end = 0;
    for (int i = 0; i < LISTENERS_MAX; i++) {
        if (!all->of[i].used)
            continue;
        all->count++;
        all->end = i + 1;
        link_place(all, i);
    }
}

struct listener *listeners_find(struct listeners *all, int network, uint64_t cookie)
{
    for (int at = *bucket_of(all, network, cookie); at; at = all->of[at - 1].next)
        if (all->of[at - 1].cookie == cookie && all->of[at - 1].network == network)
            return &all->of[at - 1];
    return NULL;
}

void listeners_drop(struct listeners *all, struct listener *listener)
{
    int place = (int)(listener - all->of), *at = bucket_of(all, listener->network, listener->cookie);
    while (*at != place + 1)
        at = &all->of[*at - 1].next;
    *at = listener->next;
    listener->used = false;
    all->count--;
}

struct local_end listener_end(const struct listener *listener)
{
    struct local_end end = {.family = listener->family, .port = listener->port, .interface = listener->interface};
    memcpy(end.address, listener->address, sizeof end.address);
    return end;
}

struct listener *listeners_next(struct listeners *all, int network, const struct listener *after)
{
    for (struct listener *at = after ? all->of + (after - all->of) + 1 : all->of; at < all->of + LISTENERS_MAX; at++)
        if (at->used && at->network == network)
            return at;
    return NULL;
}

/* --- who gives up a place of a full table --- */

static int by_owner(const void *a, const void *b)
{
    uid_t left = *(const uid_t *)a, right = *(const uid_t *)b;
    return (left > right) - (left < right);
}

static bool is_reserved(const struct listeners *all, uid_t owner)
{
    return owner == 0 || owner == all->user;
}

/* The user with the most places, among those who can lose one; `most` gets their number, 0 if there is no such user. */
static uid_t richest(const struct listeners *all, int *most)
{
    static uid_t owners[LISTENERS_MAX];
    int run = 0;
    uid_t owner = 0;
    *most = 0;
    for (int i = 0; i < LISTENERS_MAX; i++)
        owners[i] = all->of[i].owner;
    qsort(owners, LISTENERS_MAX, sizeof *owners, by_owner);
    for (int i = 0; i < LISTENERS_MAX; i++) {
        run = i > 0 && owners[i] == owners[i - 1] ? run + 1 : 1;
        if (run > *most && !is_reserved(all, owners[i])) {
            *most = run;
            owner = owners[i];
        }
    }
    return owner;
}

static int count_of(const struct listeners *all, uid_t owner)
{
    int count = 0;
    for (int i = 0; i < LISTENERS_MAX; i++)
        count += all->of[i].used && all->of[i].owner == owner;
    return count;
}

/*
 * Takes a place from the user with the most, if that user still has at least as many as the one who asks will have;
 * always if root asks. Returns the network of the removed listener, or -1.
 */
static int make_room(struct listeners *all, uid_t asking)
{
    int most;
    uid_t from = richest(all, &most);
    if (most < (is_reserved(all, asking) ? 1 : count_of(all, asking) + 2))
        return -1;
    for (int i = 0; i < LISTENERS_MAX; i++) {
        if (all->of[i].owner != from)
            continue;
        listeners_drop(all, &all->of[i]);
        return all->of[i].network;
    }
    return -1;
}

struct listener *listeners_take(struct listeners *all, int network, uint64_t cookie, uid_t owner, int *gone)
{
    struct listener *known = listeners_find(all, network, cookie);
    int place = 0;
    *gone = -1;
    if (known)
        return known;
    if (all->count == LISTENERS_MAX)
        *gone = make_room(all, owner);
    if (all->count == LISTENERS_MAX)
        return NULL;
    while (all->of[place].used)
        place++;
    all->of[place] = (struct listener){.network = network, .cookie = cookie, .owner = owner};
    all->of[place].used = true;
    all->count++;
    all->end = place < all->end ? all->end : place + 1;
    link_place(all, place);
    return &all->of[place];
}

void drops_note(struct drops *drops, uint32_t now, int64_t now_ns)
{
    if (now != drops->latest)
        drops->risen_ns = now_ns;
    drops->latest = now;
}

uint32_t drops_new(struct drops *drops, uint32_t now, int64_t now_ns)
{
    if (now_ns - drops->seen_ns >= DROPS_FRESH_NS)
        drops->answered = drops->seen;
    drops_note(drops, now, now_ns);
    drops->seen = now;
    drops->seen_ns = now_ns;
    return now - drops->answered;
}
