#include "listen_parts.h"
#include "shutdown.h"

#include <errno.h>
#include <limits.h>

int formula_capacity(const struct formula *formula, int backlog)
{
    int64_t queued = (int64_t)backlog * formula->times / formula->over + formula->plus;
    return clamp(queued, formula->min, formula->max);
}

/* Linux queues one connection more than its backlog, so C connections take a backlog of C - 1. */
static void judge_capacity(struct listen_verdict *it, const struct profile *profile, const struct facts *facts,
                           int asked)
{
    bool local = facts->domain == AF_UNIX;
    const struct formula *formula = local ? &profile->listen_capacity_unix : &profile->listen_capacity_tcp;
    bool untouched = it->verdict.why == KEY_NONE;

    it->backlog = untouched ? asked : it->effective;
    if (!formula->kernel && (local || facts->type == SOCK_STREAM)) {
        it->capacity = formula_capacity(formula, it->effective);
        it->backlog = it->capacity > 0 ? it->capacity - 1 : 0;
    }
    it->limited = it->backlog > facts->kernel_max;
    if (it->limited && it->capacity > 0)
        it->backlog = facts->kernel_max;
    if (it->capacity > 0 && it->capacity - 1 != it->effective)
        it->why_backlog = local ? KEY_listen_capacity_unix : KEY_listen_capacity_tcp;
}

/*
 * Linux forgets the port of a socket whose connect failed, and of a listener that was shut down, unless bind named
 * the port.
 */
static void judge_port(struct listen_verdict *it, const struct profile *profile, const struct facts *facts)
{
    bool failed = facts->connect_failed && profile->listen_connect_failed.word == WORD_KEEP;
    bool drained = facts->was_listening && !facts->shut_down && shutdown_drains(profile);
    it->keep_port = failed || drained;
    if (it->keep_port && it->verdict.why == KEY_NONE)
        it->verdict.why = failed ? KEY_listen_connect_failed : KEY_shutdown_queued;
}

/* Only the refuser can refuse or reset at a full queue, or remove connections from one. */
static void judge_overflow(struct listen_verdict *it, const struct profile *profile, const struct facts *facts)
{
    enum word overflow = profile->listen_overflow_tcp.word;
    it->watched = overflow == WORD_REFUSE || overflow == WORD_RESET;
    it->resets = overflow == WORD_RESET;
    it->shortens = facts->listening && profile->listen_relisten_excess.word == WORD_RESET;
    int kernel_backlog = it->backlog < 0 || it->backlog > facts->kernel_max ? facts->kernel_max : it->backlog;
    it->remaining = it->capacity > 0 ? it->capacity : clamp((int64_t)kernel_backlog + 1, 1, INT_MAX);
}

struct listen_verdict listen_verdict(const struct profile *profile, const struct facts *facts, int backlog)
{
    struct listen_verdict it = {.effective = backlog, .backlog = backlog};
    if (facts->domain != AF_INET && facts->domain != AF_INET6 && facts->domain != AF_UNIX)
        return it;
    it.verdict = listen_state_verdict(profile, facts);
    if (it.verdict.decision == DECIDE_CALL && facts->no_descriptors)
        it.verdict = refusal_verdict(profile->listen_no_descriptors, KEY_listen_no_descriptors);
    if (it.verdict.decision == DECIDE_CALL)
        judge_backlog(&it, profile, facts, backlog);
    if (it.verdict.decision != DECIDE_CALL)
        return it;
    judge_capacity(&it, profile, facts, backlog);
    judge_port(&it, profile, facts);
    if (facts->domain != AF_UNIX && facts->type == SOCK_STREAM)
        judge_overflow(&it, profile, facts);
    return it;
}

struct verdict listened_verdict(const struct profile *profile, const struct facts *facts, int error)
{
    if (error == EBADF)
        return value_verdict(profile->listen_bad_descriptor, KEY_listen_bad_descriptor);
    if (error != EADDRINUSE)
        return (struct verdict){.decision = DECIDE_CALL};
    if (facts->bound)
        return value_verdict(profile->listen_address_taken, KEY_listen_address_taken);
    return value_verdict(profile->listen_ports_exhausted, KEY_listen_ports_exhausted);
}
