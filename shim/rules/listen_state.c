#include "listen_parts.h"

static struct verdict datagram_verdict(const struct profile *profile, const struct facts *facts)
{
    if (facts->connected && profile->listen_datagram_connected.word == WORD_ERRNO)
        return value_verdict(profile->listen_datagram_connected, KEY_listen_datagram_connected);
    if (facts->domain != AF_UNIX)
        return value_verdict(profile->listen_datagram_inet, KEY_listen_datagram_inet);
    if (facts->bound)
        return value_verdict(profile->listen_datagram_unix, KEY_listen_datagram_unix);
    return value_verdict(profile->listen_datagram_unix_unbound, KEY_listen_datagram_unix_unbound);
}

static struct verdict unix_verdict(const struct profile *profile, const struct facts *facts)
{
    if (facts->peer_closed && !facts->bound)
        return value_verdict(profile->listen_closed_peer_unix, KEY_listen_closed_peer_unix);
    if (facts->connected && facts->bound)
        return value_verdict(profile->listen_connected_unix_bound, KEY_listen_connected_unix_bound);
    if (facts->connected)
        return value_verdict(profile->listen_connected_unix, KEY_listen_connected_unix);
    if (facts->listening)
        return value_verdict(profile->listen_relisten_unix, KEY_listen_relisten_unix);
    if (!facts->bound)
        return value_verdict(profile->listen_unbound_unix, KEY_listen_unbound_unix);
    return (struct verdict){.decision = DECIDE_CALL};
}

/* The history of a socket that neither listens nor has a peer: the latest event decides. */
static struct verdict idle_tcp_verdict(const struct profile *profile, const struct facts *facts)
{
    struct verdict it = {.decision = DECIDE_CALL};
    if (facts->was_listening && facts->shut_down)
        it = value_verdict(profile->listen_shutdown_listener, KEY_listen_shutdown_listener);
    else if (facts->connect_failed)
        it = value_verdict(profile->listen_connect_failed, KEY_listen_connect_failed);
    else if (facts->shut_down)
        it = value_verdict(profile->listen_shutdown_unconnected, KEY_listen_shutdown_unconnected);
    bool keeps_port = facts->connect_failed && profile->listen_connect_failed.word == WORD_KEEP;
    if (it.decision == DECIDE_CALL && !facts->bound && !keeps_port)
        it = value_verdict(profile->listen_unbound_inet, KEY_listen_unbound_inet);
    return it;
}

static struct verdict tcp_verdict(const struct profile *profile, const struct facts *facts)
{
    if (facts->connected)
        return value_verdict(profile->listen_connected_tcp, KEY_listen_connected_tcp);
    if (facts->connecting)
        return value_verdict(profile->listen_connecting_tcp, KEY_listen_connecting_tcp);
    if (facts->listening)
        return value_verdict(profile->listen_relisten_tcp, KEY_listen_relisten_tcp);
    return idle_tcp_verdict(profile, facts);
}

/* The type decides first, as in WinSock. */
struct verdict listen_state_verdict(const struct profile *profile, const struct facts *facts)
{
    if (facts->type == SOCK_DGRAM)
        return datagram_verdict(profile, facts);
    return facts->domain == AF_UNIX ? unix_verdict(profile, facts) : tcp_verdict(profile, facts);
}
