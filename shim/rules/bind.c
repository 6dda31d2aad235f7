#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "rules.h"

/* RFC 2133 gave struct sockaddr_in6 no scope; kernels take that length still (SIN6_LEN_RFC2133). */
#define IN6_LEAST offsetof(struct sockaddr_in6, sin6_scope_id)
/* One byte held the length of an address on the BSDs (SOCK_MAXADDRLEN). */
#define HUGE_LENGTH 255

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
    if (length > HUGE_LENGTH)
        return refusal_verdict(profile->bind_huge_address, KEY_bind_huge_address);
    if (length < sizeof(sa_family_t))
        return refusal_verdict(profile->bind_no_family, KEY_bind_no_family);
    if (null)
        return refusal_verdict(profile->bind_null_address, KEY_bind_null_address);
    return call;
}

/* Addresses that are right in form: Linux takes them all. */
static struct verdict place_verdict(const struct profile *profile, const struct facts *facts,
                                    const struct sockaddr *address)
{
    in_addr_t place = ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr);
    if (facts->domain != AF_INET)
        return call;
    if (place >> IN_CLASSA_NSHIFT == IN_LOOPBACKNET && place != INADDR_LOOPBACK)
        return refusal_verdict(profile->bind_loopback_net, KEY_bind_loopback_net);
    if (facts->type != SOCK_STREAM)
        return call;
    if (place == INADDR_BROADCAST)
        return refusal_verdict(profile->bind_broadcast_tcp, KEY_bind_broadcast_tcp);
    if (IN_MULTICAST(place))
        return refusal_verdict(profile->bind_multicast_tcp, KEY_bind_multicast_tcp);
    return call;
}

static struct bind_verdict family_verdict(const struct profile *profile, const struct facts *facts,
                                          const struct sockaddr *address)
{
    const struct sockaddr_in *in = (const void *)address;
    struct value value = profile->bind_wrong_family_inet;
    if (facts->domain == AF_INET && address->sa_family == AF_UNSPEC && in->sin_addr.s_addr == INADDR_ANY)
        return (struct bind_verdict){.verdict =
                                         refusal_verdict(profile->bind_unspec_wildcard, KEY_bind_unspec_wildcard)};
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
    if (length > most && profile->bind_long_address.word == WORD_ERRNO)
        return (struct bind_verdict){.verdict = refusal_verdict(profile->bind_long_address, KEY_bind_long_address)};
    if (address->sa_family != facts->domain)
        return family_verdict(profile, facts, address);
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
    it.own_family = address->sa_family != AF_UNIX && profile->bind_wrong_family_unix.word == WORD_IGNORE;
    if (address->sa_family != AF_UNIX && !it.own_family)
        it.verdict = refusal_verdict(profile->bind_wrong_family_unix, KEY_bind_wrong_family_unix);
    else if (path[0] == '\0')
        it.verdict = refusal_verdict(profile->bind_unix_abstract, KEY_bind_unix_abstract);
    else
        it.verdict = path_verdict(profile, path, length - head);
    if (it.own_family && it.verdict.decision == DECIDE_CALL)
        it.verdict.why = KEY_bind_wrong_family_unix;
    return it;
}

struct bind_verdict bind_verdict(const struct profile *profile, const struct facts *facts,
                                 const struct sockaddr *address, socklen_t length)
{
    if (facts->bound && profile->bind_bound.word == WORD_ERRNO)
        return (struct bind_verdict){.verdict = value_verdict(profile->bind_bound, KEY_bind_bound)};
    if (is_inet(facts))
        return inet_verdict(profile, facts, address, length);
    if (facts->domain == AF_UNIX)
        return unix_verdict(profile, address, length);
    return (struct bind_verdict){.verdict = call};
}

/* The port and the wildcard are told apart here only: everything else about them is the kernel's matter. */
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
