#include "judge_look.h"

#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>

#include "protocol.h"
#include "segment.h"
#include "tell.h"

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

/* Whether the SYN is settled: the kernel took it, it was for a listener that is not watched, or it is answered. */
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
    tell_note(all, listener, found->queued, found->backlog + 1, now_ns);
    answer(&waiting->syn, network, listener);
    return true;
}

/* Looks at the SYNs at these places, at most LOOKUP_MOST. */
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
        judge_again(waiting, decide(waiting, &lookups[i].found, network, all, now_ns));
    }
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
    judge_forget_settled(&network->judge);
}
