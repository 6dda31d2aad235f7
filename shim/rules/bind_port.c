#include "bind_port.h"

#include <errno.h>
#include <netinet/in.h>

/* A range of which the profile names one end, while the host's other end is unknown or on the wrong side of it. */
#define LOWEST_PORT 1024
#define HIGHEST_PORT 65535

bool sharing_is_of(const struct profile *profile, int protocol)
{
    return protocol == IPPROTO_TCP || (protocol == IPPROTO_UDP && profile->bind_reuse_udp.word == WORD_SAME);
}

bool sharing_hides_reuse(const struct profile *profile)
{
    return profile->bind_reuse.word == WORD_BSD;
}

bool sharing_is_linuxs(const struct profile *profile)
{
    enum word word = profile->bind_reuse.word;
    return word == WORD_KERNEL || word == WORD_LINUX;
}

bool sharing_is_mutual(const struct profile *profile)
{
    return profile->bind_reuse.word == WORD_WINSOCK;
}

static struct verdict fails(int error, enum key why)
{
    return (struct verdict){.decision = DECIDE_FAIL, .error = error, .why = why};
}

static struct verdict shares(enum key why)
{
    return (struct verdict){.decision = DECIDE_SHARE, .why = why};
}

/* Judges sockets of the same family that have no peer. */
static struct verdict reuse_verdict(const struct profile *profile, const struct port_claim *claim,
                                    const struct port_use *use)
{
    bool asks = claim->reuse_address || claim->reuse_port;
    switch (profile->bind_reuse.word) {
    case WORD_BSD:
        if (use->same)
            return claim->reuse_port && !use->lent ? shares(KEY_bind_reuse) : fails(EADDRINUSE, KEY_bind_reuse);
        return asks ? shares(KEY_bind_reuse) : fails(EADDRINUSE, KEY_bind_reuse);
    case WORD_WINSOCK:
        if (use->same && !claim->reuse_address)
            return fails(EADDRINUSE, KEY_bind_reuse);
        return use->unshared ? fails(EACCES, KEY_bind_reuse) : shares(KEY_bind_reuse);
    case WORD_NT:
        return claim->reuse_address ? shares(KEY_bind_reuse) : fails(EADDRINUSE, KEY_bind_reuse);
    default:
        return (struct verdict){.decision = DECIDE_CALL};
    }
}

static struct verdict dual_stack_verdict(const struct profile *profile, const struct port_claim *claim,
                                         const struct port_use *use)
{
    enum word word = profile->bind_dual_stack.word;
    bool asks = claim->reuse_address || claim->reuse_port, later = claim->domain == AF_INET6;
    bool passes = true;
    if (word != WORD_OK && word != WORD_AFTER && word != WORD_REUSE)
        return (struct verdict){.decision = DECIDE_CALL};
    if (word == WORD_REUSE)
        passes = later || asks;
    else if (word == WORD_AFTER)
        passes = (!use->crossing || asks) && (!use->dual_stack || (claim->reuse_port && !use->lent));
    return passes ? shares(KEY_bind_dual_stack) : fails(EADDRINUSE, KEY_bind_dual_stack);
}

static struct verdict time_wait_verdict(const struct profile *profile, const struct port_claim *claim)
{
    enum word word = profile->bind_time_wait_reuse.word;
    if (word == WORD_OK || (word == WORD_NEW && claim->reuse_address))
        return shares(KEY_bind_time_wait_reuse);
    if (word == WORD_NEW)
        return fails(EADDRINUSE, KEY_bind_time_wait_reuse);
    return (struct verdict){.decision = DECIDE_CALL};
}

/* A connected datagram socket keeps out only those that ask for no reuse. */
static struct verdict peer_verdict(const struct port_claim *claim)
{
    return claim->reuse_address || claim->reuse_port ? shares(KEY_bind_reuse_udp)
                                                     : fails(EADDRINUSE, KEY_bind_reuse_udp);
}

/*
 * Asks each conflict in turn: the first one that the platform does not allow decides. Where it allows all, the first is
 * the reason: a socket that has the port says more than its connections do.
 */
struct verdict sharing_verdict(const struct profile *profile, const struct port_claim *claim,
                               const struct port_use *use)
{
    struct verdict answers[3], it = {.decision = DECIDE_CALL};
    int count = 0;
    if (use->same || use->overlapping)
        answers[count++] = reuse_verdict(profile, claim, use);
    if (use->dual_stack || use->ipv4 || use->crossing)
        answers[count++] = dual_stack_verdict(profile, claim, use);
    if (use->connections)
        answers[count++] = claim->protocol == IPPROTO_UDP ? peer_verdict(claim) : time_wait_verdict(profile, claim);
    for (int i = 0; i < count; i++) {
        if (i == 0 || answers[i].decision != DECIDE_SHARE)
            it = answers[i];
        if (it.decision != DECIDE_SHARE)
            break;
    }
    if (claim->protocol == IPPROTO_UDP && it.why)
        it.why = KEY_bind_reuse_udp;
    return it;
}

struct port_range chosen_range(const struct profile *profile, struct port_range host)
{
    bool has_low = profile->bind_port_min.word == WORD_NUMBER, has_high = profile->bind_port_max.word == WORD_NUMBER;
    struct port_range range = {.low = has_low ? profile->bind_port_min.number : host.low,
                               .high = has_high ? profile->bind_port_max.number : host.high};
    if (!has_low && !has_high)
        return (struct port_range){0};
    if (!has_low && (range.low == 0 || range.low > range.high))
        range.low = LOWEST_PORT;
    if (!has_high && range.high < range.low)
        range.high = HIGHEST_PORT;
    bool left = (range.low == host.low && range.high == host.high) || range.low > range.high;
    return left ? (struct port_range){0} : range;
}
