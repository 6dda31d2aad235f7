#include "judge.h"

#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>

#include "network.h"
#include "protocol.h"
#include "segment.h"

/*
 * When a SYN is looked at, in nanoseconds since it came. Most that the kernel takes are known at the first look. But
 * the kernel may be at work on the SYN just then, so none is answered before the second. The late looks are for a
 * processor that was taken away.
 */
static const int64_t looks_ns[] = {0, 60000, 200000, 1000000, 5000000};
#define LOOKS ((int)(sizeof looks_ns / sizeof *looks_ns))

/* Of so many that come at once most are dropped: they are spared the look that answers none. */
#define MANY 8

void judge_take(struct judge *judge, const struct syn *syns, int count, int64_t now_ns)
{
    int first = count >= MANY;
    for (int i = 0; i < count && judge->count < JUDGE_MOST; i++)
        judge->of[judge->count++] =
            (struct waiting){.syn = syns[i], .looks = first, .come_ns = now_ns, .due_ns = now_ns + looks_ns[first]};
}

static void answer(const struct syn *syn, const struct network *network, const struct listener *listener)
{
    segment_send(network->four, network->six, syn->family, &syn->id,
                 listener->overflow == REFUSER_RESET ? SEGMENT_RESET : SEGMENT_REFUSE, syn->sequence + 1);
}

static void note_end(struct network *network, const struct syn *syn)
{
    struct local_end end = {.family = syn->family, .port = syn->id.idiag_sport, .interface = syn->id.idiag_if};
    memcpy(end.address, syn->id.idiag_src, sizeof end.address);
    network_note_recent(network, &end);
}

/* Whether no further look is needed: the kernel took the SYN, it was for another's listener, or it is answered. */
static bool decide(const struct waiting *waiting, const struct found *found, struct network *network,
                   struct listeners *all, int64_t now_ns)
{
    if (found->error || found->state != TCP_LISTEN)
        return true;
    struct listener *listener = listeners_find(all, network->number, found->cookie);
    if (!listener || !listener->overflow)
        return true;
    if (found->queued > found->backlog)
        listener->full_ns = now_ns;
    if (drops_new(&listener->drops, found->drops, now_ns) == 0 || waiting->looks == 0)
        return false;
    bool was_full = listener->full_ns && now_ns - listener->full_ns < FULL_FRESH_NS;
    if (!was_full && !network_has_dropped(network, now_ns))
        return false;
    listener->drops.answered++;
    answer(&waiting->syn, network, listener);
    return true;
}

/* Looks at those of these places, LOOKUP_MOST at most. */
static void look_at(struct network *network, struct listeners *all, const int *places, int count, int64_t now_ns)
{
    struct lookup lookups[LOOKUP_MOST];
    for (int i = 0; i < count; i++) {
        const struct syn *syn = &network->judge.of[places[i]].syn;
        note_end(network, syn);
        lookups[i] = (struct lookup){.family = syn->family, .id = syn->id};
    }
    lookup_each(network->diag, lookups, count);
    for (int i = 0; i < count; i++) {
        struct waiting *waiting = &network->judge.of[places[i]];
        waiting->looks = decide(waiting, &lookups[i].found, network, all, now_ns) ? LOOKS : waiting->looks + 1;
        if (waiting->looks < LOOKS)
            waiting->due_ns = waiting->come_ns + looks_ns[waiting->looks];
    }
}

/* The others stay in their order. */
static void forget_judged(struct judge *judge)
{
    int count = 0;
    for (int i = 0; i < judge->count; i++)
        if (judge->of[i].looks < LOOKS)
            judge->of[count++] = judge->of[i];
    judge->count = count;
}

void judge_look(struct network *network, struct listeners *all, int64_t now_ns)
{
    const struct judge *judge = &network->judge;
    int places[LOOKUP_MOST], count = 0;
    for (int i = 0; i < judge->count; i++) {
        if (judge->of[i].due_ns <= now_ns)
            places[count++] = i;
        if (count == LOOKUP_MOST) {
            look_at(network, all, places, count, now_ns);
            count = 0;
        }
    }
    if (count > 0)
        look_at(network, all, places, count, now_ns);
    forget_judged(&network->judge);
}

int64_t judge_due(const struct judge *judge)
{
    int64_t due = INT64_MAX;
    for (int i = 0; i < judge->count; i++)
        if (judge->of[i].due_ns < due)
            due = judge->of[i].due_ns;
    return due;
}
