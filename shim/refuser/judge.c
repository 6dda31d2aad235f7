#include "judge.h"

#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>

#include "network.h"
#include "protocol.h"
#include "segment.h"

/* When a SYN is looked at, in nanoseconds since it came. The late looks are for a processor that was taken away. */
static const int64_t looks_ns[] = {0, 20000, 60000, 200000, 1000000, 5000000};
#define LOOKS ((int)(sizeof looks_ns / sizeof *looks_ns))

void judge_take(struct judge *judge, const struct syn *syns, int count, int64_t now_ns)
{
    for (int i = 0; i < count && judge->count < JUDGE_MOST; i++)
        judge->of[judge->count++] = (struct waiting){.syn = syns[i], .come_ns = now_ns, .due_ns = now_ns};
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
static bool decide(const struct syn *syn, const struct found *found, struct network *network, struct listeners *all,
                   int64_t now_ns)
{
    if (found->error || found->state != TCP_LISTEN)
        return true;
    struct listener *listener = listeners_find(all, network->number, found->cookie);
    if (!listener || !listener->overflow)
        return true;
    if (drops_new(&listener->drops, found->drops, now_ns) == 0)
        return false;
    listener->drops.answered++;
    answer(syn, network, listener);
    return true;
}

/* Moves the SYNs that are due to the end, at most LOOKUP_MOST; returns the place of the first. */
static int gather_due(struct judge *judge, int64_t now_ns)
{
    int first = judge->count;
    for (int i = 0; i < first && judge->count - first < LOOKUP_MOST;) {
        if (judge->of[i].due_ns > now_ns) {
            i++;
            continue;
        }
        first--;
        const struct waiting due = judge->of[i];
        judge->of[i] = judge->of[first];
        judge->of[first] = due;
    }
    return first;
}

void judge_look(struct network *network, struct listeners *all, int64_t now_ns)
{
    struct judge *judge = &network->judge;
    struct lookup lookups[LOOKUP_MOST];
    int first = gather_due(judge, now_ns), end = judge->count;
    if (first == end)
        return;
    for (int i = first; i < end; i++) {
        const struct syn *syn = &judge->of[i].syn;
        lookups[i - first] = (struct lookup){.family = syn->family, .id = syn->id};
        note_end(network, syn);
    }
    lookup_each(network->diag, lookups, end - first);
    judge->count = first;
    for (int i = first; i < end; i++) {
        struct waiting waiting = judge->of[i];
        if (decide(&waiting.syn, &lookups[i - first].found, network, all, now_ns) || ++waiting.looks == LOOKS)
            continue;
        waiting.due_ns = waiting.come_ns + looks_ns[waiting.looks];
        judge->of[judge->count++] = waiting;
    }
}

int64_t judge_due(const struct judge *judge)
{
    int64_t due = INT64_MAX;
    for (int i = 0; i < judge->count; i++)
        if (judge->of[i].due_ns < due)
            due = judge->of[i].due_ns;
    return due;
}
