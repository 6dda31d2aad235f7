#include <limits.h>
#include <stdint.h>

#include "rules.h"

/* WinSock's SOMAXCONN_HINT(n) is -n and asks for n within these bounds. Source: Microsoft's page of listen. */
#define HINT_LEAST 200
#define HINT_MOST 65535

static int within(int64_t number, int least, int most)
{
    return number < least ? least : number > most ? most : (int)number;
}

static struct verdict datagram_verdict(const struct profile *profile, const struct facts *facts)
{
    if (facts->domain != AF_UNIX)
        return value_verdict(profile->listen_datagram_inet, KEY_listen_datagram_inet);
    if (facts->bound)
        return value_verdict(profile->listen_datagram_unix, KEY_listen_datagram_unix);
    return value_verdict(profile->listen_datagram_unix_unbound, KEY_listen_datagram_unix_unbound);
}

/* What the state of the socket makes of the call, whatever the backlog. The type counts first, as in WinSock. */
static struct verdict state_verdict(const struct profile *profile, const struct facts *facts)
{
    bool local = facts->domain == AF_UNIX;
    if (facts->type == SOCK_DGRAM)
        return datagram_verdict(profile, facts);
    if (facts->connected)
        return value_verdict(profile->listen_connected, KEY_listen_connected);
    if (facts->listening)
        return local ? value_verdict(profile->listen_relisten_unix, KEY_listen_relisten_unix)
                     : value_verdict(profile->listen_relisten_tcp, KEY_listen_relisten_tcp);
    if (!facts->bound)
        return local ? value_verdict(profile->listen_unbound_unix, KEY_listen_unbound_unix)
                     : value_verdict(profile->listen_unbound_inet, KEY_listen_unbound_inet);
    return (struct verdict){.decision = DECIDE_CALL};
}

static int limit(struct value value, int otherwise)
{
    return value.word == WORD_NUMBER ? value.number : otherwise;
}

/* The backlog that backlog_negative or backlog_zero puts in place of the one that was asked. */
static int replaced(struct value value, int asked, int least, int most)
{
    switch (value.word) {
    case WORD_NUMBER:
        return value.number;
    case WORD_MIN:
        return least;
    case WORD_MAX:
        return most;
    case WORD_HINT:
        return within(-(int64_t)asked, HINT_LEAST, HINT_MOST);
    default:
        return asked < 0 ? most : asked; /* the kernel compares as unsigned, so a negative one is the largest */
    }
}

/* Sets `legal` and the verdict on the number alone. */
static void judge_backlog(struct listen_verdict *it, const struct profile *profile, const struct facts *facts,
                          int asked)
{
    int least = limit(profile->listen_backlog_min, 0);
    int most = limit(profile->listen_backlog_max, facts->kernel_max);
    struct value odd = asked < 0 ? profile->listen_backlog_negative : profile->listen_backlog_zero;
    enum key key = asked < 0 ? KEY_listen_backlog_negative : KEY_listen_backlog_zero;

    it->legal = asked;
    if (asked <= 0) {
        it->verdict = value_verdict(odd, key);
        it->legal = replaced(odd, asked, least, most);
        it->verdict.why = odd.word != WORD_KERNEL && it->legal != asked ? key : it->verdict.why;
    } else if (asked < least) {
        it->legal = least;
        it->verdict.why = KEY_listen_backlog_min;
    } else if (asked > most && profile->listen_backlog_excess.word != WORD_KERNEL) {
        it->verdict = value_verdict(profile->listen_backlog_excess, KEY_listen_backlog_excess);
        it->legal = most;
        it->verdict.why = it->verdict.decision == DECIDE_FAIL ? KEY_listen_backlog_excess : KEY_listen_backlog_max;
    }
    if (it->verdict.decision != DECIDE_CALL) {
        it->legal = asked; /* nothing was made of it */
    } else if (it->legal < profile->listen_backlog_floor.number) {
        it->legal = profile->listen_backlog_floor.number;
        it->verdict.why = KEY_listen_backlog_floor;
    }
}

int formula_capacity(const struct formula *formula, int backlog)
{
    int64_t queued = (int64_t)backlog * formula->times / formula->over + formula->plus;
    return within(queued, formula->min, formula->max);
}

/* Linux queues one connection more than its backlog, so a queue of C is asked for with C - 1. */
static void judge_capacity(struct listen_verdict *it, const struct profile *profile, const struct facts *facts,
                           int asked)
{
    bool local = facts->domain == AF_UNIX;
    const struct formula *formula = local ? &profile->listen_capacity_unix : &profile->listen_capacity_tcp;
    bool untouched = it->verdict.why == KEY_NONE;

    it->backlog = untouched ? asked : it->legal;
    if (!formula->kernel && (local || facts->type == SOCK_STREAM)) {
        it->capacity = formula_capacity(formula, it->legal);
        it->backlog = it->capacity > 0 ? it->capacity - 1 : 0;
    }
    it->limited = it->backlog > facts->kernel_max;
    if (it->limited && it->capacity > 0)
        it->backlog = facts->kernel_max;
    if (it->capacity > 0 && it->capacity - 1 != it->legal)
        it->why_backlog = local ? KEY_listen_capacity_unix : KEY_listen_capacity_tcp;
}

struct listen_verdict listen_verdict(const struct profile *profile, const struct facts *facts, int backlog)
{
    struct listen_verdict it = {.legal = backlog, .backlog = backlog};
    if (facts->domain != AF_INET && facts->domain != AF_INET6 && facts->domain != AF_UNIX)
        return it;
    it.verdict = state_verdict(profile, facts);
    if (it.verdict.decision == DECIDE_CALL)
        judge_backlog(&it, profile, facts, backlog);
    if (it.verdict.decision == DECIDE_CALL)
        judge_capacity(&it, profile, facts, backlog);
    return it;
}
