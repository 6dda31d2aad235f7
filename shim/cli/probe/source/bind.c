#include "probe.h"

/* bind to addresses that are wrong in form, and of sockets that are past it */

/* What bind says of an address on a new socket. */
static const char *bind_bytes_of(int domain, const void *address, length_type length, const char *success)
{
    return said(bind_bytes(stream(domain), address, length), success);
}

/* An address of the domain's own form, with the family of another. */
static const char *with_family(int domain, int family, const char *success)
{
    struct address address = fresh_address(domain);
    address.at.any.sa_family = (unsigned char)family;
    return said(bind_to(stream(domain), address), success);
}

static const char *wrong_family(int domain)
{
    const char *answer = with_family(domain, domain == AF_UNIX ? AF_INET : AF_UNIX, "ignore");
#ifdef AF_APPLETALK
    answer = agree(answer, with_family(domain, AF_APPLETALK, "ignore"));
#endif
    return answer;
}

static const char *wildcard_of(int family)
{
    struct address address = four(0, 0);
    address.at.any.sa_family = (unsigned char)family;
    return said(bind_to(stream(AF_INET), address), "ok");
}

static const char *bind_unspec_wildcard(int domain)
{
    (void)domain;
    return wildcard_of(AF_UNSPEC);
}

static const char *wrong_family_wildcard(int domain)
{
#ifdef AF_APPLETALK
    (void)domain;
    return wildcard_of(AF_APPLETALK);
#else
    (void)domain;
    return wildcard_of(AF_UNIX);
#endif
}

/* An address of IPv4 is of the wrong family and too short as well. */
static const char *family_first(int domain)
{
    int fd = stream(domain);
    if (bind_to(fd, fresh_address(AF_INET)) == 0)
        return "other: an IPv6 socket is bound to an IPv4 address";
    return errno == EAFNOSUPPORT ? "yes" : errno == EINVAL || errno == EFAULT ? "no" : name_of_error(errno);
}

/* A sockaddr_in6 may be without its scope, as RFC 2133 had it. */
static length_type least_length(int domain)
{
    (void)domain;
#ifdef HAS_SIX
    if (domain == AF_INET6)
        return (length_type)offsetof(struct sockaddr_in6, sin6_addr) + 16;
#endif
    return sizeof(struct sockaddr_in);
}

static const char *bind_short_address(int domain)
{
    struct address address = fresh_address(domain);
    const char *answer = bind_bytes_of(domain, address.at.bytes, least_length(domain) - 1, "ok");
    return agree(answer, bind_bytes_of(domain, address.at.bytes, 2, "ok"));
}

static const char *no_family(int domain)
{
    struct address address = fresh_address(domain);
    const char *answer = bind_bytes_of(domain, address.at.bytes, 0, "ok");
    return agree(answer, bind_bytes_of(domain, address.at.bytes, 1, "ok"));
}

/* Up to sizeof(struct sockaddr_storage). */
static const char *bind_long_address(int domain)
{
    struct address address = fresh_address(domain);
    const char *answer = bind_bytes_of(domain, address.at.bytes, address.length + 1, "ok");
    return agree(answer, bind_bytes_of(domain, address.at.bytes, 128, "ok"));
}

static const char *huge_address(int domain)
{
    struct address address = fresh_address(domain);
    return bind_bytes_of(domain, address.at.bytes, 256, "ok");
}

static const char *negative_address(int domain)
{
    struct address address = fresh_address(domain);
    return bind_bytes_of(domain, address.at.bytes, (length_type)-1, "ok");
}

static const char *null_address(int domain)
{
    return bind_bytes_of(domain, NULL, fresh_address(domain).length, "ok");
}

static const char *twice(int domain)
{
    return said(bind_to(bound(domain), fresh_address(domain)), "ok");
}

static const char *bind_accepted(int domain)
{
    int listener = listening(domain, 1);
    client_of(listener);
    return said(bind_to(accepted(listener), fresh_address(domain)), "ok");
}

static const char *bind_refused(int domain)
{
    return said(bind_to(refused(domain), fresh_address(domain)), "ok");
}

static const char *bind_shut(int domain)
{
    int fd = stream(domain);
    shutdown(fd, SHUT_WR);
    return said(bind_to(fd, fresh_address(domain)), "ok");
}

#define LOOPBACK_OTHER (INADDR_LOOPBACK + 1)
#define ALL_HOSTS 0xe0000001UL
#define BROADCAST 0xffffffffUL

static const char *to_loopback_net(int domain)
{
    return said(bind_to(stream(domain), four(LOOPBACK_OTHER, 0)), "ok");
}

static const char *to_multicast(int domain)
{
    return said(bind_to(stream(domain), four(ALL_HOSTS, 0)), "ok");
}

static const char *to_broadcast(int domain)
{
    return said(bind_to(stream(domain), four(BROADCAST, 0)), "ok");
}

static const char *datagram_to_broadcast(int domain)
{
    return said(bind_to(datagram(domain), four(BROADCAST, 0)), "ok");
}

const struct experiment bind_experiments[] = {
    {"bind.wrong_family_inet", FOUR, wrong_family, 0},
    {"bind.wrong_family_inet6", SIX, wrong_family, 0},
    {"bind.wrong_family_unix", LOCAL, wrong_family, 0},
    {"bind.unspec_wildcard", FOUR, bind_unspec_wildcard, 0},
    {"bind.wrong_family_wildcard", FOUR, wrong_family_wildcard, 0},
    {"bind.family_first", SIX, family_first, 0},
    {"bind.short_address", TCP, bind_short_address, 0},
    {"bind.no_family", ALL, no_family, 0},
    {"bind.long_address", TCP, bind_long_address, 0},
    {"bind.huge_address", ALL, huge_address, 0},
    {"bind.negative_address", ALL, negative_address, 0},
    {"bind.null_address", ALL, null_address, 0},
    {"bind.bound", ALL, twice, 0},
    {"bind.accepted_unix", LOCAL, bind_accepted, 0},
    {"bind.after_disconnect", TCP, bind_refused, 0},
    {"bind.shut_tcp", TCP, bind_shut, 0},
    {"bind.loopback_net", FOUR, to_loopback_net, 0},
    {"bind.multicast_tcp", FOUR, to_multicast, 0},
    {"bind.broadcast_tcp", FOUR, to_broadcast, 0},
    {"bind.broadcast_udp", FOUR, datagram_to_broadcast, 0},
    {NULL, 0, NULL, 0},
};
