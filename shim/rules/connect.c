#include "connect.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>

#include "connect_unix.h"

static const struct verdict call = {.decision = DECIDE_CALL};

/* The state of the socket decides before the address does, as in every kernel. */
static struct verdict tcp_state_verdict(const struct profile *profile, const struct facts *facts)
{
    /* There a listener that was shut down still counts as one. */
    if (facts->listening || facts->was_listening)
        return refusal_verdict(profile->connect_listening_inet, KEY_connect_listening_inet);
    if (facts->connecting)
        return refusal_verdict(profile->connect_connecting, KEY_connect_connecting);
    if (facts->connected)
        return refusal_verdict(profile->connect_completed, KEY_connect_completed);
    if (facts->connect_failed)
        return refusal_verdict(profile->connect_refused, KEY_connect_refused);
    return facts->shut_down ? refusal_verdict(profile->connect_after_disconnect, KEY_connect_after_disconnect) : call;
}

/* IPv4 addresses that no connection can reach. */
static struct verdict tcp_place_verdict(const struct profile *profile, in_addr_t place)
{
    if (place == INADDR_ANY)
        return refusal_verdict(profile->connect_wildcard, KEY_connect_wildcard);
    if (IN_MULTICAST(place))
        return refusal_verdict(profile->connect_multicast_tcp, KEY_connect_multicast_tcp);
    if (place == INADDR_BROADCAST)
        return refusal_verdict(profile->connect_broadcast_tcp, KEY_connect_broadcast_tcp);
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
    if (four)
        return tcp_place_verdict(profile, ntohl(in->sin_addr.s_addr));
    return IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr) ? refusal_verdict(profile->connect_wildcard, KEY_connect_wildcard)
                                                    : call;
}

/* AF_UNSPEC: Linux ends the connection in any state. Elsewhere the state decides first. */
static struct verdict unspec_verdict(const struct profile *profile, const struct facts *facts)
{
    bool listens = facts->listening || facts->was_listening, busy = listens || facts->connected || facts->connecting;
    struct verdict it = call;
    if (profile->connect_disconnect.word != WORD_ERRNO && !listens)
        return busy ? call : refusal_verdict(profile->connect_unspec, KEY_connect_unspec);
    if (facts->connecting && profile->connect_connecting.word != WORD_ERRNO)
        return (struct verdict){.decision = DECIDE_FAIL, .error = EALREADY, .why = KEY_connect_disconnect};
    if (facts->connected && !facts->connecting)
        return refusal_verdict(profile->connect_disconnect, KEY_connect_disconnect);
    if (busy || profile->connect_family_first.word != WORD_YES)
        it = tcp_state_verdict(profile, facts);
    return it.decision == DECIDE_CALL && !busy ? refusal_verdict(profile->connect_unspec, KEY_connect_unspec) : it;
}

static struct verdict tcp_verdict(const struct profile *profile, const struct facts *facts,
                                  const struct sockaddr *address, socklen_t length)
{
    struct verdict it;
    if (address->sa_family == AF_UNSPEC)
        return unspec_verdict(profile, facts);
    it = tcp_state_verdict(profile, facts);
    if (it.decision == DECIDE_CALL)
        it = connect_form_verdict(profile, facts, address, length);
    return it.decision == DECIDE_CALL ? tcp_address_verdict(profile, facts, address, length) : it;
}

static struct verdict udp_verdict(const struct profile *profile, const struct facts *facts,
                                  const struct sockaddr *address, socklen_t length)
{
    const struct sockaddr_in *in = (const void *)address;
    if (address->sa_family == AF_UNSPEC && profile->connect_unspec_datagram.word == WORD_ERRNO)
        return refusal_verdict(profile->connect_unspec_datagram, KEY_connect_unspec_datagram);
    struct verdict it = connect_form_verdict(profile, facts, address, length);
    if (it.decision != DECIDE_CALL)
        return it;
    if (length >= sizeof *in && address->sa_family == facts->domain && in->sin_port == 0)
        return refusal_verdict(profile->connect_port_zero_udp, KEY_connect_port_zero_udp);
    return call;
}

bool connect_dissolves(const struct facts *facts, const struct sockaddr *address, socklen_t length)
{
    return facts->type == SOCK_DGRAM && length >= sizeof address->sa_family && address->sa_family == AF_UNSPEC;
}

struct verdict connect_verdict(const struct profile *profile, const struct facts *facts, const struct sockaddr *address,
                               socklen_t length)
{
    bool inet = facts->domain == AF_INET || facts->domain == AF_INET6;
    if (length < sizeof address->sa_family)
        return call;
    if (inet && facts->type == SOCK_STREAM)
        return tcp_verdict(profile, facts, address, length);
    if (inet && facts->type == SOCK_DGRAM)
        return udp_verdict(profile, facts, address, length);
    return facts->domain == AF_UNIX ? connect_unix_verdict(profile, facts, address, length) : call;
}

bool connect_may_be_dropped(const struct profile *profile, const struct facts *facts)
{
    return (facts->domain == AF_INET || facts->domain == AF_INET6) && facts->type == SOCK_STREAM &&
           profile->connect_not_listening.word == WORD_DROP;
}

bool connect_must_not_wait(const struct profile *profile, int family)
{
    return family == AF_UNIX && profile->listen_overflow_unix.word == WORD_REFUSE;
}

/*
 * Whether the error says that the kernel looked at the socket and the address and did nothing. Then the platform
 * judges both. Most calls succeed, so the facts are read only now.
 */
static bool is_left_as_it_was(const struct facts *facts, int error)
{
    return facts->domain == AF_UNIX || error == EINVAL || error == EAFNOSUPPORT || error == EISCONN;
}

struct verdict connect_failed_verdict(const struct profile *profile, const struct facts *facts,
                                      const struct sockaddr *address, socklen_t length, bool other_file, int error)
{
    /* EINTR: a signal ended the wait for room in the queue, which the platform does not have. */
    if (connect_must_not_wait(profile, address->sa_family) && (error == EAGAIN || error == EINTR) &&
        facts->type != SOCK_DGRAM)
        return (struct verdict){.decision = DECIDE_FAIL, .error = ECONNREFUSED, .why = KEY_listen_overflow_unix};
    if (address->sa_family != AF_UNIX && error == EINPROGRESS)
        return refusal_verdict(profile->connect_in_progress, KEY_connect_in_progress);
    struct verdict it = is_left_as_it_was(facts, error) ? connect_verdict(profile, facts, address, length) : call;
    if (it.decision == DECIDE_CALL && facts->domain == AF_UNIX && other_file && error == ECONNREFUSED)
        it = refusal_verdict(profile->connect_unix_not_socket, KEY_connect_unix_not_socket);
    return it;
}
