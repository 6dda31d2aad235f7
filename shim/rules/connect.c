#include "connect.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/un.h>

static const struct verdict call = {.decision = DECIDE_CALL};

bool connect_in_force(const struct profile *profile)
{
    return profile_asks(profile, "connect") || profile->listen_overflow_unix.word == WORD_REFUSE;
}

/* The state of the socket counts before the address, as everywhere. */
static struct verdict tcp_state_verdict(const struct profile *profile, const struct facts *facts,
                                        const struct attempt *attempt)
{
    if (facts->listening)
        return refusal_verdict(profile->connect_listening_inet, KEY_connect_listening_inet);
    if (attempt->connecting)
        return refusal_verdict(profile->connect_connecting, KEY_connect_connecting);
    if (facts->connected)
        return refusal_verdict(profile->connect_completed, KEY_connect_completed);
    if (attempt->lost)
        return refusal_verdict(profile->connect_refused, KEY_connect_refused);
    return call;
}

static struct verdict tcp_address_verdict(const struct profile *profile, const struct facts *facts,
                                          const struct sockaddr *address, socklen_t length)
{
    const struct sockaddr_in *in = (const void *)address;
    const struct sockaddr_in6 *in6 = (const void *)address;
    bool four = facts->domain == AF_INET;
    if (length < (four ? sizeof *in : sizeof *in6) || address->sa_family != facts->domain)
        return call;
    if (in->sin_port == 0 && profile->connect_port_zero.word == WORD_ERRNO)
        return refusal_verdict(profile->connect_port_zero, KEY_connect_port_zero);
    if (four ? in->sin_addr.s_addr == INADDR_ANY : IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr))
        return refusal_verdict(profile->connect_wildcard, KEY_connect_wildcard);
    return call;
}

static struct verdict tcp_verdict(const struct profile *profile, const struct facts *facts,
                                  const struct attempt *attempt, const struct sockaddr *address, socklen_t length)
{
    bool unspecified = length >= sizeof address->sa_family && address->sa_family == AF_UNSPEC;
    if (unspecified && !facts->listening)
        return facts->connected && !attempt->connecting
                   ? refusal_verdict(profile->connect_disconnect, KEY_connect_disconnect)
                   : call;
    struct verdict it = tcp_state_verdict(profile, facts, attempt);
    return it.decision == DECIDE_CALL ? tcp_address_verdict(profile, facts, address, length) : it;
}

struct verdict connect_verdict(const struct profile *profile, const struct facts *facts, const struct attempt *attempt,
                               const struct sockaddr *address, socklen_t length)
{
    if ((facts->domain == AF_INET || facts->domain == AF_INET6) && facts->type == SOCK_STREAM)
        return tcp_verdict(profile, facts, attempt, address, length);
    if (facts->domain != AF_UNIX || facts->type == SOCK_DGRAM)
        return call;
    if (facts->listening)
        return refusal_verdict(profile->connect_listening_unix, KEY_connect_listening_unix);
    if (length == offsetof(struct sockaddr_un, sun_path) && address->sa_family == AF_UNIX)
        return refusal_verdict(profile->connect_unix_unnamed, KEY_connect_unix_unnamed);
    return call;
}

bool connect_must_not_wait(const struct profile *profile, const struct facts *facts)
{
    return facts->domain == AF_UNIX && facts->type != SOCK_DGRAM && profile->listen_overflow_unix.word == WORD_REFUSE;
}

struct verdict connect_failed_verdict(const struct profile *profile, const struct facts *facts, bool other_file,
                                      int error)
{
    /* EINTR: it was interrupted in the wait for room, which the platform does not know. */
    if (connect_must_not_wait(profile, facts) && (error == EAGAIN || error == EINTR))
        return (struct verdict){.decision = DECIDE_FAIL, .error = ECONNREFUSED, .why = KEY_listen_overflow_unix};
    if (facts->domain == AF_UNIX && other_file && error == ECONNREFUSED)
        return refusal_verdict(profile->connect_unix_not_socket, KEY_connect_unix_not_socket);
    if (facts->domain != AF_UNIX && error == EINPROGRESS)
        return refusal_verdict(profile->connect_in_progress, KEY_connect_in_progress);
    return call;
}
