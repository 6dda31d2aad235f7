#include "shutdown.h"

#include "../kernel/mark.h"

static bool is_error(struct value value)
{
    return value.word == WORD_ERRNO;
}

/*
 * Whether a key in force needs `fact` (enum need): then the socket must later be recognizable as shut down. 4.4BSD
 * changes a socket's state when sending ends (SHUT_WR).
 */
static bool has_consequences(const struct profile *profile, unsigned int fact, int how)
{
    return how != SHUT_RD && (profile->needs.all & fact);
}

bool shutdown_closes_port(const struct profile *profile)
{
    return profile->connect_not_listening.word == WORD_DROP;
}

int posted_error(const struct profile *profile)
{
    return is_error(profile->shutdown_accept_error) ? profile->shutdown_accept_error.number : 0;
}

bool shutdown_drains(const struct profile *profile)
{
    return profile->shutdown_queued.word == WORD_DRAIN;
}

static struct shutdown_verdict drain(int how)
{
    bool both = how != SHUT_RD;
    return (struct shutdown_verdict){.verdict = {.decision = DECIDE_SUCCEED, .why = KEY_shutdown_queued},
                                     .mark = MARK_DRAINING | (both ? MARK_DRAINING_SHUT : 0),
                                     .closes_queue = both};
}

static struct shutdown_verdict listener_verdict(const struct profile *profile, const struct facts *facts, int how)
{
    bool local = facts->domain == AF_UNIX;
    struct shutdown_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    struct value value = local ? profile->shutdown_listener_unix : profile->shutdown_listener_tcp;
    if (is_error(value)) {
        it.verdict = value_verdict(value, local ? KEY_shutdown_listener_unix : KEY_shutdown_listener_tcp);
    } else if (!local && profile->shutdown_accept_after.word == WORD_KEEP) {
        it.verdict = (struct verdict){.decision = DECIDE_SUCCEED, .why = KEY_shutdown_accept_after};
    } else if (!local && how == SHUT_RD && profile->shutdown_queued.word == WORD_KEEP) {
        it.verdict = (struct verdict){.decision = DECIDE_SUCCEED, .why = KEY_shutdown_queued};
    } else if (!local && facts->queued && shutdown_drains(profile)) {
        it = drain(how);
    } else {
        it.marks = !local && has_consequences(profile, NEED_STOPPED, how);
    }
    if (!local && how != SHUT_WR && posted_error(profile))
        it.mark |= MARK_ABORTED;
    return it;
}

/* A connection inherits its listener's shut halves on Linux, so a half stays open where shutdown has no effect. */
static struct shutdown_verdict unconnected_verdict(const struct profile *profile, bool local, int how)
{
    struct value value = local ? profile->shutdown_unconnected_unix : profile->shutdown_unconnected_tcp;
    enum key key = local ? KEY_shutdown_unconnected_unix : KEY_shutdown_unconnected_tcp;
    struct shutdown_verdict it = {.verdict = {.decision = DECIDE_CALL}};
    if (is_error(value) || (!local && value.word == WORD_OK))
        it.verdict = value_verdict(value, key);
    if (local)
        return it;
    it.marks = value.word == WORD_OK && has_consequences(profile, NEED_SHUT, how);
    return it;
}

/* The socket has lost its protocol state, so shutdown finds nothing to shut for sending. */
static bool is_lost(const struct profile *profile, const struct facts *facts, bool local, int how)
{
    return !local && how != SHUT_RD && tcp_is_disconnected(facts) &&
           profile->shutdown_after_disconnect.word != WORD_KERNEL;
}

/* Linux shuts a datagram socket that has no peer and still reports ENOTCONN. */
static struct shutdown_verdict datagram_verdict(const struct profile *profile)
{
    struct shutdown_verdict it = {.verdict =
                                      value_verdict(profile->shutdown_unconnected_udp, KEY_shutdown_unconnected_udp)};
    it.passes_on = it.verdict.decision == DECIDE_SUCCEED;
    return it;
}

struct shutdown_verdict shutdown_verdict(const struct profile *profile, const struct facts *facts, int how)
{
    bool local = facts->domain == AF_UNIX, inet = facts->domain == AF_INET || facts->domain == AF_INET6;
    if ((!local && !inet) || facts->connected || facts->connecting || how < SHUT_RD || how > SHUT_RDWR)
        return (struct shutdown_verdict){.verdict = {.decision = DECIDE_CALL}};
    if (inet && facts->type == SOCK_DGRAM)
        return datagram_verdict(profile);
    if (facts->type != SOCK_STREAM)
        return (struct shutdown_verdict){.verdict = {.decision = DECIDE_CALL}};
    if (is_lost(profile, facts, local, how))
        return (struct shutdown_verdict){
            .verdict = value_verdict(profile->shutdown_after_disconnect, KEY_shutdown_after_disconnect)};
    if (facts->draining && !facts->listening)
        return drain(how);
    return facts->listening ? listener_verdict(profile, facts, how) : unconnected_verdict(profile, local, how);
}
