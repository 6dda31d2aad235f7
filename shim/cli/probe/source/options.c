#include "probe.h"

/* Which socket options a connection gets from its listener */

/* A platform that passes some on passes on the basic ones. */
static const struct {
    int name, basic;
} flag_options[] = {
    {SO_KEEPALIVE, 1}, {SO_OOBINLINE, 1}, {SO_DONTROUTE, 1}, {SO_BROADCAST, 0}, {SO_REUSEADDR, 0},
};

#define FLAG_OPTIONS (int)(sizeof flag_options / sizeof *flag_options)

static const char *part(int count, int of)
{
    return count == of ? "yes" : count == 0 ? "no" : "other: in part";
}

static void set_linger(int fd)
{
    struct linger linger;
    linger.l_onoff = 1;
    linger.l_linger = 7;
    must(setsockopt(fd, SOL_SOCKET, SO_LINGER, (void *)&linger, sizeof linger), "SO_LINGER");
}

static const char *passes_options(int domain)
{
    int i, basic = 0, others = 0, fd = listening(domain, BACKLOG);
    for (i = 0; i < FLAG_OPTIONS; i++)
        must(set_option(fd, SOL_SOCKET, flag_options[i].name, 1), "setsockopt");
    set_linger(fd);
    client_of(fd);
    fd = accepted(fd);
    for (i = 0; i < FLAG_OPTIONS; i++)
        *(flag_options[i].basic ? &basic : &others) += option(fd, SOL_SOCKET, flag_options[i].name) != 0;
    basic += option(fd, SOL_SOCKET, SO_LINGER) != 0;
    if (basic == 4 && others == 2)
        return "all";
    if (basic == 4 && others == 0)
        return "some";
    return basic + others == 0 ? "none" : "other: in part";
}

static const char *passes_late(int domain)
{
    int fd = listening(domain, BACKLOG);
    client_of(fd);
    must(set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1), "SO_KEEPALIVE");
    return yes_no(option(accepted(fd), SOL_SOCKET, SO_KEEPALIVE) != 0);
}

static const char *passes_buffers(int domain)
{
    int fd = listening(domain, BACKLOG), connection;
    must(set_option(fd, SOL_SOCKET, SO_SNDBUF, 20000), "SO_SNDBUF");
    must(set_option(fd, SOL_SOCKET, SO_RCVBUF, 20000), "SO_RCVBUF");
    client_of(fd);
    connection = accepted(fd);
    return part((option(connection, SOL_SOCKET, SO_SNDBUF) == option(fd, SOL_SOCKET, SO_SNDBUF)) +
                    (option(connection, SOL_SOCKET, SO_RCVBUF) == option(fd, SOL_SOCKET, SO_RCVBUF)),
                2);
}

#ifdef SO_RCVTIMEO
static long seconds_of(int fd, int name)
{
    struct timeval limit;
    length_type length = sizeof limit;
    memset(&limit, 0, sizeof limit);
    must(getsockopt(fd, SOL_SOCKET, name, (void *)&limit, &length), "a time-out");
    return (long)limit.tv_sec;
}

static void limit_both(int fd)
{
    set_timeout(fd, SO_RCVTIMEO, 5, 0);
    set_timeout(fd, SO_SNDTIMEO, 5, 0);
}

/* How many of the two a connection has whose listener got them before it listened, or after. */
static int count_timeouts(int domain, int early)
{
    int fd = bound(domain);
    if (early)
        limit_both(fd);
    must(listen(fd, BACKLOG), "listen");
    if (!early)
        limit_both(fd);
    client_of(fd);
    fd = accepted(fd);
    return (seconds_of(fd, SO_RCVTIMEO) == 5) + (seconds_of(fd, SO_SNDTIMEO) == 5);
}

static const char *passes_timeouts(int domain)
{
    int early = count_timeouts(domain, 1), late = count_timeouts(domain, 0);
    return early == 2 && late == 0 ? "early" : early == late ? part(early, 2) : "other: in part";
}

/* One before listen, another after it. */
static const char *passes_changed_timeout(int domain)
{
    int fd = bound(domain);
    long seconds;
    set_timeout(fd, SO_RCVTIMEO, 5, 0);
    must(listen(fd, BACKLOG), "listen");
    set_timeout(fd, SO_RCVTIMEO, 7, 0);
    client_of(fd);
    seconds = seconds_of(accepted(fd), SO_RCVTIMEO);
    return seconds == 7 ? "late" : seconds == 5 ? "early" : "none";
}
#else
static const char *passes_timeouts(int domain)
{
    (void)domain;
    return cannot("no SO_RCVTIMEO");
}

static const char *passes_changed_timeout(int domain)
{
    return passes_timeouts(domain);
}
#endif

static const char *passes_reuse_port(int domain)
{
#ifdef SO_REUSEPORT
    int fd = listening(domain, BACKLOG);
    client_of(fd);
    must(set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1), "SO_REUSEPORT");
    return yes_no(option(accepted(fd), SOL_SOCKET, SO_REUSEPORT) != 0);
#else
    (void)domain;
    return cannot("no SO_REUSEPORT");
#endif
}

static const char *passes_receive_mark(int domain)
{
#ifdef SO_RCVLOWAT
    int fd = listening(domain, BACKLOG);
    must(set_option(fd, SOL_SOCKET, SO_RCVLOWAT, 3), "SO_RCVLOWAT");
    client_of(fd);
    return yes_no(option(accepted(fd), SOL_SOCKET, SO_RCVLOWAT) == 3);
#else
    (void)domain;
    return cannot("no SO_RCVLOWAT");
#endif
}

/* Where it cannot be set, nothing is passed on. */
static const char *passes_send_mark(int domain)
{
#ifdef SO_SNDLOWAT
    int fd = listening(domain, BACKLOG), own;
    (void)set_option(fd, SOL_SOCKET, SO_SNDLOWAT, 300);
    own = option(fd, SOL_SOCKET, SO_SNDLOWAT);
    client_of(fd);
    return yes_no(own == 300 && option(accepted(fd), SOL_SOCKET, SO_SNDLOWAT) == own);
#else
    (void)domain;
    return "no";
#endif
}

/* Sets one option of TCP or IP, and returns whether a connection has it. */
static int passes(int domain, int level, int name, int value)
{
    int fd = listening(domain, BACKLOG);
    must(set_option(fd, level, name, value), "setsockopt");
    client_of(fd);
    return option(accepted(fd), level, name) == option(fd, level, name);
}

static const char *passes_nodelay(int domain)
{
    return yes_no(passes(domain, IPPROTO_TCP, TCP_NODELAY, 1));
}

static const char *passes_keepalive(int domain)
{
#if defined(TCP_KEEPIDLE) && defined(TCP_KEEPINTVL) && defined(TCP_KEEPCNT)
    return part(passes(domain, IPPROTO_TCP, TCP_KEEPIDLE, 77) + passes(domain, IPPROTO_TCP, TCP_KEEPINTVL, 66) +
                    passes(domain, IPPROTO_TCP, TCP_KEEPCNT, 5),
                3);
#else
    (void)domain;
    return cannot("no TCP_KEEPIDLE, TCP_KEEPINTVL or TCP_KEEPCNT");
#endif
}

static const char *passes_segment_size(int domain)
{
#ifdef TCP_MAXSEG
    int fd = listening(domain, BACKLOG);
    must(set_option(fd, IPPROTO_TCP, TCP_MAXSEG, 300), "TCP_MAXSEG");
    client_of(fd);
    return yes_no(option(accepted(fd), IPPROTO_TCP, TCP_MAXSEG) <= 300);
#else
    (void)domain;
    return cannot("no TCP_MAXSEG");
#endif
}

static const char *passes_ip(int domain)
{
#ifdef HAS_SIX
#ifdef IPV6_TCLASS
    if (domain == AF_INET6)
        return part(passes(domain, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 16) + passes(domain, IPPROTO_IPV6, IPV6_TCLASS, 16),
                    2);
#else
    if (domain == AF_INET6)
        return yes_no(passes(domain, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 16));
#endif
#endif
#if defined(IP_TTL) && defined(IP_TOS)
    return part(passes(domain, IPPROTO_IP, IP_TTL, 16) + passes(domain, IPPROTO_IP, IP_TOS, 16), 2);
#else
    return cannot("no IP_TTL or IP_TOS");
#endif
}

const struct experiment option_experiments[] = {
    {"accept.inherit_options_tcp", TCP, passes_options, 0},
    {"accept.inherit_options_unix", LOCAL, passes_options, 0},
    {"accept.inherit_late_unix", LOCAL, passes_late, 0},
    {"accept.inherit_buffers_tcp", TCP, passes_buffers, 0},
    {"accept.inherit_buffers_unix", LOCAL, passes_buffers, 0},
    {"accept.inherit_timeouts_tcp", TCP, passes_timeouts, 0},
    {"accept.inherit_timeouts_unix", LOCAL, passes_timeouts, 0},
    {"accept.inherit_changed_timeouts", TCP, passes_changed_timeout, 0},
    {"accept.inherit_late_reuse_port", TCP, passes_reuse_port, 0},
    {"accept.inherit_lowat_tcp", TCP, passes_receive_mark, 0},
    {"accept.inherit_lowat_unix", LOCAL, passes_receive_mark, 0},
    {"accept.inherit_send_lowat", ALL, passes_send_mark, 0},
    {"accept.inherit_nodelay", TCP, passes_nodelay, 0},
    {"accept.inherit_keepalive", TCP, passes_keepalive, 0},
    {"accept.inherit_maxseg", TCP, passes_segment_size, 0},
    {"accept.inherit_ip", TCP, passes_ip, 0},
    {NULL, 0, NULL, 0},
};
