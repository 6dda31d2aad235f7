#include "probe.h"

/* connect: of sockets in odd states, to odd addresses */

static const char *connect_listener(int domain)
{
    int fd = listening(domain, 1);
    return said(connect_to(fd, name_of(listening(domain, 1))), "ok");
}

/* A non-blocking connect that has come to its end. */
static int completed(int domain, struct address *address)
{
    int fd = stream(domain);
    *address = name_of(listening(domain, 1));
    unblock(fd);
    if (connect_to(fd, *address) != 0 && errno != EINPROGRESS && errno != EWOULDBLOCK)
        must(-1, "connect");
    if (!is_writable(fd, 5000))
        cannot("a connect does not come to its end");
    return fd;
}

static const char *after_success(int domain)
{
    struct address address;
    int fd = completed(domain, &address);
    return said(connect_to(fd, address), "ok");
}

static const char *to_nowhere(int fd, int domain)
{
    struct address nowhere = fresh_address(domain);
    nowhere.at.any.sa_family = AF_UNSPEC;
    return said(connect_to(fd, nowhere), "ok");
}

static const char *dissolve(int domain)
{
    return to_nowhere(client_of(listening(domain, 1)), domain);
}

static const char *unspecified(int domain)
{
    return to_nowhere(stream(domain), domain);
}

static const char *datagram_unspecified(int domain)
{
    return to_nowhere(datagram(domain), domain);
}

static const char *after_refusal(int domain)
{
    int fd = refused(domain);
    return said(connect_to(fd, name_of(listening(domain, 1))), "ok");
}

static const char *after_shutdown(int domain)
{
    int fd = stream(domain);
    shutdown(fd, SHUT_WR);
    return said(connect_to(fd, name_of(listening(domain, 1))), "ok");
}

/* A port that is held by a socket that does not listen. */
static const char *to_bound(int domain)
{
    int fd = stream(domain), outcome;
    struct address silent = name_of(bound(domain));
    unblock(fd);
    outcome = connect_to(fd, silent) == 0 ? 0 : errno;
    if (outcome == EINPROGRESS || outcome == EWOULDBLOCK)
        outcome = progress(fd, PATIENCE_MS);
    return outcome == ECONNREFUSED  ? "refuse"
           : outcome == EINPROGRESS ? "drop"
                                    : agree(name_of_error(outcome), "at once");
}

static const char *to_port_zero(int domain)
{
    return said(connect_to(stream(domain), fresh_address(domain)), "ok");
}

static const char *datagram_to_port_zero(int domain)
{
    return said(connect_to(datagram(domain), fresh_address(domain)), "ok");
}

static const char *to_wildcard(int domain)
{
    struct address address = name_of(listening(domain, 1));
    if (domain == AF_INET)
        address.at.four.sin_addr.s_addr = 0;
#ifdef HAS_SIX
    else
        memset(&address.at.six.sin6_addr, 0, 16);
#endif
    return said(connect_to(stream(domain), address), "ok");
}

static const char *to_place(unsigned long place)
{
    int fd = stream(AF_INET);
    unblock(fd);
    return said(connect_to(fd, four(place, 9)), "ok");
}

static const char *to_multicast_group(int domain)
{
    (void)domain;
    return to_place(0xe0000001UL);
}

static const char *to_everybody(int domain)
{
    (void)domain;
    return to_place(0xffffffffUL);
}

/* A length that no address has, with streams and datagrams. */
static const char *with_length(int domain, length_type length)
{
    struct address address = domain == AF_UNIX ? fresh_address(domain) : name_of(listening(domain, 1));
    const char *answer = said(connect_bytes(stream(domain), address.at.bytes, length), "ok");
    return agree(answer, said(connect_bytes(datagram(domain), address.at.bytes, length), "ok"));
}

static const char *length_of_nothing(int domain)
{
    return with_length(domain, (length_type)chosen);
}

/* A sockaddr_in6 may be without its scope. */
static const char *length_too_short(int domain)
{
    return with_length(domain, domain == AF_INET ? (length_type)sizeof(struct sockaddr_in) - 1 : 23);
}

static const char *length_too_long(int domain)
{
    return with_length(domain, fresh_address(domain).length + 1);
}

static const char *family_or_length(int domain)
{
    if (connect_to(stream(domain), dead_address(AF_INET)) == 0)
        return "other: an IPv6 socket is connected to an IPv4 address";
    return errno == EAFNOSUPPORT ? "yes" : errno == EINVAL || errno == EFAULT ? "no" : name_of_error(errno);
}

static const char *of_other_family(int domain)
{
    struct address address = fresh_address(domain);
    const char *answer;
    address.at.any.sa_family = AF_INET;
    answer = said(connect_to(stream(domain), address), "ok");
    return agree(answer, said(connect_to(datagram(domain), address), "ok"));
}

static const char *of_connected(int domain)
{
    int fd = client_of(listening(domain, 4));
    return said(connect_to(fd, fresh_address(domain)), "ok");
}

static const char *of_deserted(int domain)
{
    int ends[2];
    pair_of(ends);
    close(ends[1]);
    return said(connect_to(ends[0], name_of(listening(domain, 4))), "ok");
}

const struct experiment connect_experiments[] = {
    {"connect.listening_inet", TCP, connect_listener, 0},
    {"connect.listening_unix", LOCAL, connect_listener, 0},
    {"connect.completed", TCP, after_success, 0},
    {"connect.disconnect", TCP, dissolve, 0},
    {"connect.unspec", TCP, unspecified, 0},
    {"connect.unspec_datagram", ALL, datagram_unspecified, 0},
    {"connect.refused", TCP, after_refusal, 0},
    {"connect.after_disconnect", TCP, after_shutdown, 0},
    {"connect.not_listening", TCP, to_bound, 0},
    {"connect.port_zero", TCP, to_port_zero, 0},
    {"connect.port_zero_udp", TCP, datagram_to_port_zero, 0},
    {"connect.wildcard", TCP, to_wildcard, 0},
    {"connect.multicast_tcp", FOUR, to_multicast_group, 0},
    {"connect.broadcast_tcp", FOUR, to_everybody, 0},
    {"connect.no_family", ALL, length_of_nothing, 1},
    {"connect.huge_address", ALL, length_of_nothing, 256},
    {"connect.negative_address", ALL, length_of_nothing, -1},
    {"connect.short_address", TCP, length_too_short, 0},
    {"connect.long_address", TCP, length_too_long, 0},
    {"connect.family_first", SIX, family_or_length, 0},
    {"connect.wrong_family_unix", LOCAL, of_other_family, 0},
    {"connect.connected_unix", LOCAL, of_connected, 0},
    {"connect.closed_unix", LOCAL, of_deserted, 0},
    {NULL, 0, NULL, 0},
};
