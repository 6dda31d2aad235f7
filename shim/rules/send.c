#include "send.h"

#include <errno.h>

static const struct verdict call = {.decision = DECIDE_CALL};

static bool is_tcp(const struct facts *facts)
{
    return facts->type == SOCK_STREAM && (facts->domain == AF_INET || facts->domain == AF_INET6);
}

bool send_minds_address(const struct profile *profile)
{
    return profile->send_addressed_datagram.word == WORD_ERRNO;
}

struct verdict send_verdict(const struct profile *profile, const struct facts *facts)
{
    bool ours = facts->domain == AF_INET || facts->domain == AF_INET6 || facts->domain == AF_UNIX;
    if (!ours || facts->type != SOCK_DGRAM || !facts->connected)
        return call;
    return refusal_verdict(profile->send_addressed_datagram, KEY_send_addressed_datagram);
}

bool send_signals(const struct profile *profile, int type)
{
    return profile->send_signal_packets.word == WORD_YES && (type == SOCK_DGRAM || type == SOCK_SEQPACKET);
}

bool send_failure_matters(const struct profile *profile, int error)
{
    return (error == EPIPE &&
            (profile->send_unconnected_tcp.word == WORD_ERRNO || profile->send_addressed_tcp.word == WORD_ERRNO)) ||
           (error == EAGAIN && profile->send_connecting_tcp.word == WORD_ERRNO) ||
           (error == ENOTCONN && profile->send_unconnected_unix_datagram.word == WORD_ERRNO) ||
           (error == EOPNOTSUPP && profile->send_addressed_unix.word == WORD_ERRNO) ||
           (error == EISCONN && profile->send_connected_unix.word != WORD_KERNEL) ||
           (error == EDESTADDRREQ && profile->send_shut_udp.word == WORD_ERRNO);
}

struct verdict send_failed_verdict(const struct profile *profile, const struct facts *facts, bool addressed, int error)
{
    if (is_tcp(facts) && error == EPIPE && !facts->connected && !tcp_is_lost(facts))
        return addressed && !facts->listening
                   ? refusal_verdict(profile->send_addressed_tcp, KEY_send_addressed_tcp)
                   : refusal_verdict(profile->send_unconnected_tcp, KEY_send_unconnected_tcp);
    if (is_tcp(facts) && error == EAGAIN && facts->connecting)
        return refusal_verdict(profile->send_connecting_tcp, KEY_send_connecting_tcp);
    if (facts->shut_writing && error == EDESTADDRREQ && !addressed)
        return refusal_verdict(profile->send_shut_udp, KEY_send_shut_udp);
    if (facts->domain == AF_UNIX && facts->type == SOCK_STREAM && error == EISCONN && addressed)
        return value_verdict(profile->send_connected_unix, KEY_send_connected_unix);
    if (facts->domain != AF_UNIX || facts->connected)
        return call;
    if (facts->type == SOCK_DGRAM && error == ENOTCONN && !addressed)
        return refusal_verdict(profile->send_unconnected_unix_datagram, KEY_send_unconnected_unix_datagram);
    if (facts->type == SOCK_STREAM && error == EOPNOTSUPP && addressed)
        return refusal_verdict(profile->send_addressed_unix, KEY_send_addressed_unix);
    return call;
}

bool receive_minds(const struct profile *profile)
{
    return receive_failure_matters(profile, EINVAL) || receive_failure_matters(profile, ENOTCONN);
}

bool receive_failure_matters(const struct profile *profile, int error)
{
    struct value lost = profile->receive_lost_tcp;
    return (error == EINVAL && profile->receive_unconnected_unix.word == WORD_ERRNO) ||
           (error == ENOTCONN &&
            (lost.word == WORD_ERRNO || lost.word == WORD_END || profile->receive_shut_tcp.word == WORD_ERRNO ||
             profile->shutdown_unconnected_tcp.word == WORD_OK));
}

struct verdict receive_failed_verdict(const struct profile *profile, const struct facts *facts, int error)
{
    if (facts->domain == AF_UNIX && facts->type == SOCK_STREAM && error == EINVAL && !facts->connected)
        return refusal_verdict(profile->receive_unconnected_unix, KEY_receive_unconnected_unix);
    if (is_tcp(facts) && error == ENOTCONN && facts->shut_reading && profile->receive_shut_tcp.word == WORD_ERRNO)
        return value_verdict(profile->receive_shut_tcp, KEY_receive_shut_tcp);
    if (is_tcp(facts) && error == ENOTCONN && facts->shut_reading)
        return (struct verdict){.decision = DECIDE_SUCCEED, .why = KEY_receive_shut_tcp};
    if (!is_tcp(facts) || error != ENOTCONN || !facts->connect_failed)
        return call;
    if (profile->receive_lost_tcp.word == WORD_END)
        return (struct verdict){.decision = DECIDE_SUCCEED, .why = KEY_receive_lost_tcp};
    return refusal_verdict(profile->receive_lost_tcp, KEY_receive_lost_tcp);
}
