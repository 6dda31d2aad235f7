#include "findings.h"

#include <netinet/in.h>
#include <stdlib.h>

#include "../test/memory.h"

/* What a promise without a primary source counts, where one with a source counts 1. */
#define UNVERIFIED_WEIGHT 0.5
/* A program that goes on after a call that failed does not look at its result. */
#define WENT_ON_WEIGHT 2.0

static const double weights[CONSEQUENCES] = {
    [CONSEQUENCE_NUMBER] = 1, [CONSEQUENCE_ERRNO] = 3, [CONSEQUENCE_FAILURE] = 9, [CONSEQUENCE_WRONG] = 27};

static struct lint_finding *find_or_add(struct lint_findings *findings, const struct judged_call *call, enum key key)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct lint_finding *there = &findings->finding[i];
        if (there->key == key && there->call->call == call->call && there->call->seen.site == call->seen.site)
            return there;
    }
    findings->finding = memory_more(findings->finding, findings->count + 1, sizeof *findings->finding);
    findings->finding[findings->count] = (struct lint_finding){.key = key, .call = call};
    return &findings->finding[findings->count++];
}

/* A platform is told once for each place and key, with what it does at the first call that shows it. */
static void add_turn(struct lint_finding *finding, const struct platform *platform, const struct judgement *judgement)
{
    bool firm = platform->annotated.entries[judgement->key].standing != STANDING_UNVERIFIED;
    enum consequence how = judgement_consequence(judgement, finding->call->seen.error);
    if (finding->turns && finding->turn[finding->turns - 1].platform == platform)
        return;
    finding->turn = memory_more(finding->turn, finding->turns + 1, sizeof *finding->turn);
    finding->turn[finding->turns++] = (struct lint_turn){.platform = platform, .judgement = *judgement, .firm = firm};
    finding->firm += firm;
    finding->rank += weights[how] * (firm ? 1 : UNVERIFIED_WEIGHT);
    if (how > finding->worst)
        finding->worst = how;
}

/* A program that says itself whether an IPv6 socket takes IPv4 clients does not depend on the default. */
static bool is_settled(const struct lint_calls *calls, const struct judged_call *call, enum key key)
{
    if (key != KEY_socket_v6only)
        return false;
    for (size_t i = 0; i < calls->count; i++) {
        const struct judged_call *other = &calls->call[i];
        if (other->call == CALL_setsockopt && other->seen.arguments[0] == IPPROTO_IPV6 &&
            other->seen.arguments[1] == IPV6_V6ONLY && other->seen.pid == call->seen.pid)
            return true;
    }
    return false;
}

static bool is_relisten(enum key key)
{
    return key == KEY_listen_relisten_tcp || key == KEY_listen_relisten_unix;
}

/* Where a second listen is ignored, a program that asks for one backlog only has what it asks for. */
static bool changes_nothing(const struct lint_calls *calls, const struct judged_call *call,
                            const struct judgement *judgement)
{
    if (!is_relisten(judgement->key) || judgement->turn != TURN_OTHERWISE)
        return false;
    for (size_t i = 0; i < calls->count; i++)
        if (calls->call[i].call == CALL_listen && calls->call[i].seen.arguments[0] != call->seen.arguments[0])
            return false;
    return true;
}

static void judge_one(struct lint_findings *findings, const struct lint_calls *calls, const struct judged_call *call,
                      const struct platform *platform, const struct lint_wish *wish)
{
    struct judgements found;
    judge(&platform->annotated.profile, call, &found);
    for (size_t i = 0; i < found.count; i++) {
        enum key key = found.of[i].key;
        bool firm = platform->annotated.entries[key].standing != STANDING_UNVERIFIED;
        if ((firm || !wish->firm_only) && !is_settled(calls, call, key) && !changes_nothing(calls, call, &found.of[i]))
            add_turn(find_or_add(findings, call, key), platform, &found.of[i]);
    }
}

static bool went_on(const struct lint_calls *calls, const struct judged_call *call)
{
    for (size_t i = 0; call->seen.error && call->seen.fd >= 0 && i < calls->count; i++) {
        const struct ring_case *later = &calls->call[i].seen;
        if (later->pid == call->seen.pid && later->fd == call->seen.fd && later->seen_ns > call->seen.seen_ns &&
            calls->call[i].call != CALL_socket && calls->call[i].call != call->call)
            return true;
    }
    return false;
}

static void find_place(struct lint_finding *finding, const struct lint_calls *calls, const char *root)
{
    const struct record record = {.site = finding->call->seen.site};
    place_find(&calls->ring, &record, NULL, root, &finding->place);
}

static int compare(const void *left, const void *right)
{
    const struct lint_finding *one = left, *other = right;
    if (one->rank != other->rank)
        return one->rank > other->rank ? -1 : 1;
    if (one->call->seen.seen_ns != other->call->seen.seen_ns)
        return one->call->seen.seen_ns < other->call->seen.seen_ns ? -1 : 1;
    return one->key < other->key ? -1 : one->key > other->key;
}

struct lint_findings lint_findings_of(const struct lint_calls *calls, const struct platforms *platforms,
                                      const struct lint_wish *wish)
{
    struct lint_findings findings = {.platforms = platforms->count - 1};
    for (size_t i = 1; i < platforms->count; i++)
        for (size_t j = 0; j < calls->count; j++)
            judge_one(&findings, calls, &calls->call[j], platforms->platform[i], wish);
    for (size_t i = 0; i < findings.count; i++) {
        struct lint_finding *finding = &findings.finding[i];
        finding->rank *= went_on(calls, finding->call) ? WENT_ON_WEIGHT : 1;
        find_place(finding, calls, wish->root);
    }
    if (findings.count > 1)
        qsort(findings.finding, findings.count, sizeof *findings.finding, compare);
    return findings;
}

void lint_findings_drop(struct lint_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        free(findings->finding[i].turn);
    free(findings->finding);
    *findings = (struct lint_findings){0};
}
