/* What connect makes of a malformed address. */
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/un.h>

#include "connect.h"
#include "connect_unix.h"

/* RFC 2133 gave struct sockaddr_in6 no scope; kernels still take that length (SIN6_LEN_RFC2133). */
#define IN6_LEAST offsetof(struct sockaddr_in6, sin6_scope_id)

static const struct verdict call = {.decision = DECIDE_CALL};

static bool is_inet(const struct facts *facts)
{
    return facts->domain == AF_INET || facts->domain == AF_INET6;
}

struct verdict connect_length_verdict(const struct profile *profile, const struct facts *facts, socklen_t length)
{
    if (!is_inet(facts) && facts->domain != AF_UNIX)
        return call;
    if ((int)length < 0)
        return refusal_verdict(profile->connect_negative_address, KEY_connect_negative_address);
    if (length > ADDRESS_MOST)
        return refusal_verdict(profile->connect_huge_address, KEY_connect_huge_address);
    if (length < sizeof(sa_family_t))
        return refusal_verdict(profile->connect_no_family, KEY_connect_no_family);
    return call;
}

/* A platform that requires the exact length checks it before anything else; Linux may check the family first. */
static struct verdict short_verdict(const struct profile *profile)
{
    if (profile->connect_short_address.word != WORD_ERRNO && profile->connect_long_address.word == WORD_ERRNO)
        return (struct verdict){.decision = DECIDE_FAIL, .error = EINVAL, .why = KEY_connect_long_address};
    return refusal_verdict(profile->connect_short_address, KEY_connect_short_address);
}

struct verdict connect_form_verdict(const struct profile *profile, const struct facts *facts,
                                    const struct sockaddr *address, socklen_t length)
{
    bool four = facts->domain == AF_INET;
    socklen_t least = four ? sizeof(struct sockaddr_in) : IN6_LEAST;
    socklen_t most = four ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    if (!is_inet(facts))
        return call;
    if (address->sa_family != facts->domain && profile->connect_family_first.word == WORD_YES)
        return (struct verdict){.decision = DECIDE_FAIL, .error = EAFNOSUPPORT, .why = KEY_connect_family_first};
    if (length < least)
        return short_verdict(profile);
    if (length != most)
        return refusal_verdict(profile->connect_long_address, KEY_connect_long_address);
    return call;
}

bool connect_is_plain(const struct profile *profile, const struct sockaddr *address, socklen_t length)
{
    const struct sockaddr_in *in = (const void *)address;
    const struct sockaddr_in6 *in6 = (const void *)address;
    const socklen_t head = offsetof(struct sockaddr_un, sun_path);
    if (address->sa_family == AF_UNIX)
        return length > head && connect_unix_is_plain(profile, (const char *)address + head, length - head);
    if (address->sa_family == AF_INET6)
        return length == sizeof *in6 && in6->sin6_port && !IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
    if (address->sa_family != AF_INET || length != sizeof *in || !in->sin_port)
        return false;
    in_addr_t place = ntohl(in->sin_addr.s_addr);
    return place != INADDR_ANY && place != INADDR_BROADCAST && !IN_MULTICAST(place);
}
