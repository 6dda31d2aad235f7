#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "bind.h"

/* RFC 2133 gave struct sockaddr_in6 no scope; kernels still take that length (SIN6_LEN_RFC2133). */
#define IN6_LEAST offsetof(struct sockaddr_in6, sin6_scope_id)
static const struct verdict call = {.decision = DECIDE_CALL};

static bool is_inet(const struct facts *facts)
{
    return facts->domain == AF_INET || facts->domain == AF_INET6;
}

struct verdict bind_length_verdict(const struct profile *profile, const struct facts *facts, bool null,
                                   socklen_t length)
{
    if (!is_inet(facts) && facts->domain != AF_UNIX)
        return call;
    if ((int)length < 0)
        return refusal_verdict(profile->bind_negative_address, KEY_bind_negative_address);
    if (length > ADDRESS_MOST)
        return refusal_verdict(profile->bind_huge_address, KEY_bind_huge_address);
    if (length < sizeof(sa_family_t))
        return refusal_verdict(profile->bind_no_family, KEY_bind_no_family);
    if (null)
        return refusal_verdict(profile->bind_null_address, KEY_bind_null_address);
    return call;
}

/* Well-formed addresses, all of which Linux takes. */
static struct verdict place_verdict(const struct profile *profile, const struct facts *facts,
                                    const struct sockaddr *address)
{
    in_addr_t place = ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr);
    if (facts->domain != AF_INET)
        return call;
    if (place >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET && place != INADDR_LOOPBACK)
        return refusal_verdict(profile->bind_loopback_net, KEY_bind_loopback_net);
    if (place == INADDR_BROADCAST && facts->type == SOCK_DGRAM)
        return refusal_verdict(profile->bind_broadcast_udp, KEY_bind_broadcast_udp);
    if (facts->type != SOCK_STREAM)
        return call;
    if (place == INADDR_BROADCAST)
        return refusal_verdict(profile->bind_broadcast_tcp, KEY_bind_broadcast_tcp);
    if (IN_MULTICAST(place))
        return refusal_verdict(profile->bind_multicast_tcp, KEY_bind_multicast_tcp);
    return call;
}

/* The wildcard address of AF_INET with another family, which some platforms accept. */
static struct bind_verdict wildcard_verdict(const struct profile *profile, const struct sockaddr *address)
{
    struct value value = profile->bind_wrong_family_wildcard;
    if (address->sa_family == AF_UNSPEC)
        return (struct bind_verdict){.verdict =
                                         refusal_verdict(profile->bind_unspec_wildcard, KEY_bind_unspec_wildcard)};
    if (value.word == WORD_OK)
        return (struct bind_verdict){.verdict.why = KEY_bind_wrong_family_wildcard, .own_family = true};
    return (struct bind_verdict){.verdict = refusal_verdict(value, KEY_bind_wrong_family_wildcard)};
}

/* `whole`: the address is at least as long as one of the socket's own family. */
static struct bind_verdict family_verdict(const struct profile *profile, const struct facts *facts,
                                          const struct sockaddr *address, bool whole)
{
    const struct sockaddr_in *in = (const void *)address;
    struct value value = profile->bind_wrong_family_inet;
    if (whole && facts->domain == AF_INET && in->sin_addr.s_addr == INADDR_ANY &&
        (address->sa_family == AF_UNSPEC || profile->bind_wrong_family_wildcard.word != WORD_KERNEL))
        return wildcard_verdict(profile, address);
    if (facts->domain == AF_INET6 && profile->bind_wrong_family_inet6.word != WORD_SAME)
        return (struct bind_verdict){
            .verdict = refusal_verdict(profile->bind_wrong_family_inet6, KEY_bind_wrong_family_inet6)};
    if (value.word == WORD_IGNORE)
        return (struct bind_verdict){.verdict.why = KEY_bind_wrong_family_inet, .own_family = true};
    return (struct bind_verdict){.verdict = value_verdict(value, KEY_bind_wrong_family_inet)};
}

static struct bind_verdict inet_verdict(const struct profile *profile, const struct facts *facts,
                                        const struct sockaddr *address, socklen_t length)
{
    bool four = facts->domain == AF_INET;
    socklen_t least = four ? sizeof(struct sockaddr_in) : IN6_LEAST;
    socklen_t most = four ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (length < least)
        return (struct bind_verdict){.verdict = refusal_verdict(profile->bind_short_address, KEY_bind_short_address)};
    if (length != most && profile->bind_long_address.word == WORD_ERRNO)
        return (struct bind_verdict){.verdict = refusal_verdict(profile->bind_long_address, KEY_bind_long_address)};
    if (address->sa_family != facts->domain)
        return family_verdict(profile, facts, address, true);
    return (struct bind_verdict){.verdict = place_verdict(profile, facts, address)};
}

static struct verdict path_verdict(const struct profile *profile, const char *path, size_t size)
{
    const struct value max = profile->bind_unix_path_max;
    size_t most = max.word == WORD_NUMBER ? (size_t)max.number : sizeof((struct sockaddr_un *)0)->sun_path;
    if (strnlen(path, size) <= most)
        return call;
    if (profile->bind_unix_path_long.word == WORD_ERRNO)
        return value_verdict(profile->bind_unix_path_long, KEY_bind_unix_path_long);
    if (max.word == WORD_NUMBER)
        return (struct verdict){.decision = DECIDE_FAIL, .error = EINVAL, .why = KEY_bind_unix_path_max};
    return call;
}

static struct bind_verdict unix_verdict(const struct profile *profile, const struct sockaddr *address, socklen_t length)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path);
    const char *path = (const char *)address + head;
    struct bind_verdict it = {.verdict = call};
    if (length <= head) {
        it.verdict = refusal_verdict(profile->bind_unix_unnamed, KEY_bind_unix_unnamed);
        return it;
    }
    it.length = unix_length(profile->bind_unix_long_address, path, length);
    it.own_family = address->sa_family != AF_UNIX && profile->bind_wrong_family_unix.word == WORD_IGNORE;
    if (address->sa_family != AF_UNIX && !it.own_family)
        it.verdict = refusal_verdict(profile->bind_wrong_family_unix, KEY_bind_wrong_family_unix);
    else if (path[0] == '\0')
        it.verdict = refusal_verdict(profile->bind_unix_abstract, KEY_bind_unix_abstract);
    else
        it.verdict = path_verdict(profile, path, length - head);
    if (it.verdict.decision == DECIDE_CALL && short_path(path, length))
        it.verdict = refusal_verdict(profile->bind_unix_long_address, KEY_bind_unix_long_address);
    if (it.own_family && it.verdict.decision == DECIDE_CALL)
        it.verdict.why = KEY_bind_wrong_family_unix;
    return it;
}

/* The family decides before the length does, whatever the kernel would say of the length. */
static struct bind_verdict family_first_verdict(const struct profile *profile, const struct facts *facts,
                                                const struct sockaddr *address, socklen_t length)
{
    bool whole = length >= sizeof(struct sockaddr_in);
    struct bind_verdict it = family_verdict(profile, facts, address, whole);
    bool passes = whole && facts->domain == AF_INET && address->sa_family == AF_UNSPEC;
    if (it.verdict.decision != DECIDE_CALL || it.own_family || passes)
        return it;
    return (struct bind_verdict){
        .verdict = {.decision = DECIDE_FAIL, .error = EAFNOSUPPORT, .why = KEY_bind_family_first}};
}

struct bind_verdict bind_verdict(const struct profile *profile, const struct facts *facts,
                                 const struct sockaddr *address, socklen_t length)
{
    if (is_inet(facts) && address->sa_family != facts->domain && profile->bind_family_first.word == WORD_YES)
        return family_first_verdict(profile, facts, address, length);
    bool idle = facts->type == SOCK_STREAM && is_inet(facts) && !facts->connected;
    if (idle && (facts->connect_failed || (facts->was_listening && facts->shut_down)) &&
        profile->bind_after_disconnect.word == WORD_ERRNO)
        return (struct bind_verdict){.verdict =
                                         value_verdict(profile->bind_after_disconnect, KEY_bind_after_disconnect)};
    if (idle && facts->shut_down && profile->bind_shut_tcp.word == WORD_ERRNO)
        return (struct bind_verdict){.verdict = value_verdict(profile->bind_shut_tcp, KEY_bind_shut_tcp)};
    if (facts->bound && profile->bind_bound.word == WORD_ERRNO)
        return (struct bind_verdict){.verdict = value_verdict(profile->bind_bound, KEY_bind_bound)};
    if (is_inet(facts))
        return inet_verdict(profile, facts, address, length);
    if (facts->domain == AF_UNIX)
        return unix_verdict(profile, address, length);
    return (struct bind_verdict){.verdict = call};
}

/* Only here does a rule look at the port and the wildcard; the kernel judges the rest of them. */
struct verdict bind_failed_verdict(const struct profile *profile, const struct facts *facts,
                                   const struct sockaddr *address, int error)
{
    const struct sockaddr_in *in = (const void *)address;
    const struct sockaddr_in6 *in6 = (const void *)address;
    if (error != EACCES || !is_inet(facts) || ntohs(in->sin_port) >= IPPORT_RESERVED)
        return call;
    bool wildcard =
        facts->domain == AF_INET ? in->sin_addr.s_addr == INADDR_ANY : IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
    return wildcard ? refusal_verdict(profile->bind_low_port_wildcard, KEY_bind_low_port_wildcard)
                    : refusal_verdict(profile->bind_low_port, KEY_bind_low_port);
}

struct verdict path_taken_verdict(const struct profile *profile, bool dangling)
{
    if (!dangling)
        return call;
    if (profile->bind_unix_dangling.word == WORD_FOLLOW)
        return (struct verdict){.decision = DECIDE_FOLLOW, .why = KEY_bind_unix_dangling};
    return refusal_verdict(profile->bind_unix_dangling, KEY_bind_unix_dangling);
}

bool path_is_everybodys(const struct profile *profile)
{
    return profile->bind_unix_mode.word == WORD_ALL;
}
