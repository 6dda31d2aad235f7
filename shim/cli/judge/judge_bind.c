/* What a platform makes of a bind: the address, who has the port, and which port is chosen. */
#include <errno.h>
#include <netinet/in.h>

#include "../../rules/bind.h"
#include "../../rules/bind_port.h"
#include "../../rules/socket.h"
#include "parts.h"

static bool is_inet(const struct judging *it)
{
    return it->facts.domain == AF_INET || it->facts.domain == AF_INET6;
}

static struct port_claim claim_of(const struct judging *it)
{
    return (struct port_claim){.protocol = it->seen->arguments[0],
                               .domain = it->facts.domain,
                               .dual_stack = case_has(it, CASE_DUAL_STACK),
                               .reuse_address = case_has(it, CASE_REUSE_ADDRESS),
                               .reuse_port = case_has(it, CASE_REUSE_PORT)};
}

/* The library's own marks on sockets, which a native run does not have, count as what they stand for there. */
static struct port_use use_of(const struct judging *it)
{
    return (struct port_use){.same = case_has(it, CASE_PORT_SAME),
                             .overlapping = case_has(it, CASE_PORT_OVERLAPS),
                             .dual_stack = case_has(it, CASE_PORT_DUAL_STACK),
                             .ipv4 = case_has(it, CASE_PORT_IPV4),
                             .crossing = case_has(it, CASE_PORT_CROSSES),
                             .connections = case_has(it, CASE_PORT_CONNECTIONS)};
}

static void judge_sharing(struct judging *it)
{
    const struct port_claim claim = claim_of(it);
    const struct port_use use = use_of(it);
    if (!is_inet(it) || !sharing_is_of(it->profile, claim.protocol))
        return;
    /* Where Linux let the sockets share the port, only a platform with rules of its own can refuse. */
    if (!it->seen->error && (sharing_is_linuxs(it->profile) || !(use.same || use.overlapping)))
        return;
    struct verdict verdict = sharing_verdict(it->profile, &claim, &use);
    if (it->seen->error || verdict.decision == DECIDE_FAIL)
        add_verdict(it, &verdict);
}

static void judge_failed(struct judging *it)
{
    const int error = it->seen->error;
    struct verdict verdict = {.decision = DECIDE_CALL};
    if (error == EADDRINUSE && it->facts.domain == AF_UNIX)
        verdict = path_taken_verdict(it->profile, case_has(it, CASE_DANGLING));
    else if (error == EADDRINUSE)
        judge_sharing(it);
    else if (case_has(it, CASE_READABLE))
        verdict = bind_failed_verdict(it->profile, &it->facts, &it->address.any, error);
    add_verdict(it, &verdict);
}

static bool is_dual_wildcard(const struct judging *it)
{
    const struct sockaddr_in6 *in6 = (const void *)&it->address;
    return it->facts.domain == AF_INET6 && case_has(it, CASE_DUAL_STACK) && IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

static void judge_done(struct judging *it)
{
    const struct port_range host = {.low = 32768, .high = 60999}; /* Linux's own. Source: ip(7) */
    bool has_port = ((const struct sockaddr_in *)&it->address)->sin_port;
    if (it->facts.domain == AF_UNIX && it->seen->text > 0 && path_is_everybodys(it->profile))
        add_turn(it, KEY_bind_unix_mode, TURN_OTHERWISE);
    if (!is_inet(it))
        return;
    if (has_port)
        judge_sharing(it);
    else if (chosen_range(it->profile, host).high)
        add_turn(it, KEY_bind_port_min, TURN_OTHERWISE);
    if (is_dual_wildcard(it) && socket_v6only(it->profile, AF_INET6, it->facts.type) == 1)
        add_turn(it, KEY_socket_v6only, TURN_OTHERWISE);
}

void judge_bind(struct judging *it)
{
    const socklen_t length = (socklen_t)it->seen->length;
    bool readable = case_has(it, CASE_READABLE);
    if (!case_has(it, CASE_KNOWN))
        return;
    struct verdict verdict = bind_length_verdict(it->profile, &it->facts, case_has(it, CASE_NULL_ADDRESS), length);
    struct bind_verdict whole = {.verdict = verdict};
    if (verdict.decision == DECIDE_CALL && readable)
        whole = bind_verdict(it->profile, &it->facts, &it->address.any, length);
    if (add_verdict(it, &whole.verdict))
        return;
    if (it->seen->error && whole.own_family)
        add_turn(it, whole.verdict.why, TURN_SUCCEEDS);
    else if (it->seen->error == EINVAL && whole.length)
        add_turn(it, KEY_bind_unix_long_address, TURN_SUCCEEDS);
    else if (it->seen->error)
        judge_failed(it);
    else if (readable)
        judge_done(it);
}
