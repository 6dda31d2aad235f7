#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>

#include "option.h"

/* The numbers of the BSDs. Source: sys/socket.h of 4.4BSD-Lite2; SO_TIMESTAMP: FreeBSD. */
static const struct {
    int name, bit;
} bits[] = {
    {SO_DEBUG, 0x1},      {SO_ACCEPTCONN, 0x2}, {SO_REUSEADDR, 0x4},   {SO_KEEPALIVE, 0x8},   {SO_DONTROUTE, 0x10},
    {SO_BROADCAST, 0x20}, {SO_LINGER, 0x80},    {SO_OOBINLINE, 0x100}, {SO_REUSEPORT, 0x200}, {SO_TIMESTAMP, 0x400},
};

#define NODELAY_BIT 4 /* TF_NODELAY of netinet/tcp_var.h */

bool option_is_doubled(const struct profile *profile, int level, int name)
{
    return level == SOL_SOCKET && (name == SO_SNDBUF || name == SO_RCVBUF) &&
           profile->socket_buffer_size.word == WORD_GIVEN;
}

bool still_accepts(const struct profile *profile, const struct facts *facts)
{
    return facts->was_listening && profile->shutdown_acceptconn_after.word == WORD_YES;
}

int option_value(const struct profile *profile, int level, int name, int number)
{
    if (number == 0)
        return 0;
    if (level == IPPROTO_TCP && name == TCP_NODELAY)
        return profile->socket_nodelay_on.word == WORD_OWN_BIT ? NODELAY_BIT : number;
    if (level != SOL_SOCKET || profile->socket_option_on.word != WORD_OWN_BIT)
        return number;
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++)
        if (bits[i].name == name)
            return bits[i].bit;
    return number;
}

struct verdict socket_option_verdict(const struct profile *profile, int domain, int level, int name, bool clears)
{
    if (level == IPPROTO_IPV6 && name == IPV6_V6ONLY && domain == AF_INET6 && clears)
        return refusal_verdict(profile->socket_v6only_off, KEY_socket_v6only_off);
    if (level == SOL_SOCKET && name == SO_REUSEPORT && domain == AF_UNIX)
        return refusal_verdict(profile->socket_reuse_port_unix, KEY_socket_reuse_port_unix);
    return (struct verdict){.decision = DECIDE_CALL};
}
