#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/un.h>

#include "rules.h"

/* RFC 2133 gave struct sockaddr_in6 no scope; kernels take that length still (SIN6_LEN_RFC2133). */
#define IN6_LEAST offsetof(struct sockaddr_in6, sin6_scope_id)

static const struct verdict call = {.decision = DECIDE_CALL};

/* Linux lets AF_UNSPEC with the wildcard address pass on an AF_INET socket; so do those that test at all. */
static bool is_unspecified(const struct facts *facts, const struct sockaddr *address)
{
    const struct sockaddr_in *in = (const void *)address;
    return facts->domain == AF_INET && address->sa_family == AF_UNSPEC && in->sin_addr.s_addr == INADDR_ANY;
}

static struct bind_verdict inet_verdict(const struct profile *profile, const struct facts *facts,
                                        const struct sockaddr *address, socklen_t length)
{
    bool four = facts->domain == AF_INET;
    socklen_t least = four ? sizeof(struct sockaddr_in) : IN6_LEAST;
    socklen_t most = four ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
    struct bind_verdict it = {.verdict = call};
    if (length < least) {
        it.verdict = value_verdict(profile->bind_short_address, KEY_bind_short_address);
    } else if (length > most && profile->bind_long_address.word == WORD_ERRNO) {
        it.verdict = value_verdict(profile->bind_long_address, KEY_bind_long_address);
    } else if (address->sa_family != facts->domain) {
        it.own_family = profile->bind_wrong_family_inet.word == WORD_IGNORE;
        if (it.own_family)
            it.verdict.why = KEY_bind_wrong_family_inet;
        else if (!is_unspecified(facts, address))
            it.verdict = value_verdict(profile->bind_wrong_family_inet, KEY_bind_wrong_family_inet);
    }
    return it;
}

static struct verdict unix_verdict(const struct profile *profile, const struct sockaddr *address, socklen_t length)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path);
    if (length <= head)
        return value_verdict(profile->bind_unix_unnamed, KEY_bind_unix_unnamed);
    if (address->sa_family != AF_UNIX)
        return value_verdict(profile->bind_wrong_family_unix, KEY_bind_wrong_family_unix);
    const char *path = (const char *)address + head;
    if (path[0] == '\0')
        return profile->bind_unix_abstract.word == WORD_ERRNO
                   ? value_verdict(profile->bind_unix_abstract, KEY_bind_unix_abstract)
                   : call;
    if (profile->bind_unix_path_max.word == WORD_NUMBER &&
        strnlen(path, length - head) > (size_t)profile->bind_unix_path_max.number)
        return value_verdict(profile->bind_unix_path_long, KEY_bind_unix_path_long);
    return call;
}

struct bind_verdict bind_verdict(const struct profile *profile, const struct facts *facts,
                                 const struct sockaddr *address, socklen_t length)
{
    bool inet = facts->domain == AF_INET || facts->domain == AF_INET6;
    if (facts->bound && profile->bind_bound.word == WORD_ERRNO)
        return (struct bind_verdict){.verdict = value_verdict(profile->bind_bound, KEY_bind_bound)};
    if (inet)
        return inet_verdict(profile, facts, address, length);
    if (facts->domain == AF_UNIX)
        return (struct bind_verdict){.verdict = unix_verdict(profile, address, length)};
    return (struct bind_verdict){.verdict = call};
}
