/* Which socket options a connection gets from its listener. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "conform.h"

#define BACKLOG 4
#define BUFFER 20000
#define LOWAT 3

static int option(int fd, int level, int name)
{
    int value = 0;
    socklen_t length = sizeof value;
    if (getsockopt(fd, level, name, &value, &length) != 0)
        give_up("getsockopt");
    return value;
}

static void set_option(int fd, int level, int name, int value)
{
    if (setsockopt(fd, level, name, &value, sizeof value) != 0)
        give_up("setsockopt");
}

static bool has_timeout(int fd, int name)
{
    struct timeval limit = {0};
    socklen_t length = sizeof limit;
    if (getsockopt(fd, SOL_SOCKET, name, &limit, &length) != 0)
        give_up("getsockopt");
    return limit.tv_sec == 5;
}

static void set_timeouts(int fd)
{
    const struct timeval limit = {.tv_sec = 5};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

/* How many of the two time-outs a connection has whose listener got them before it listened, or after. */
static int count_timeouts(int domain, bool early)
{
    int listener = make_bound(domain, SOCK_STREAM);
    if (early)
        set_timeouts(listener);
    if (listen(listener, BACKLOG) != 0)
        give_up("listen");
    if (!early)
        set_timeouts(listener);
    int client = make_client(listener), fd = must_accept(listener);
    int count = has_timeout(fd, SO_SNDTIMEO) + has_timeout(fd, SO_RCVTIMEO);
    close_hard(fd);
    close_hard(client);
    close_hard(listener);
    return count;
}

static const char *timeouts_answer(int domain)
{
    int early = count_timeouts(domain, true), late = count_timeouts(domain, false);
    if (early == 2 && late == 0)
        return "early";
    return early == 2 && late == 2 ? "yes" : early == 0 && late == 0 ? "no" : "in part";
}

static bool lingers(int fd)
{
    struct linger linger = {0};
    socklen_t length = sizeof linger;
    if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length) != 0)
        give_up("getsockopt");
    return linger.l_onoff && linger.l_linger == 7;
}

/* TCP_NODELAY, the three of keep-alive, TCP_MAXSEG. */
static const int tcp_options[] = {TCP_NODELAY, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_MAXSEG};
static const int tcp_values[] = {1, 77, 66, 5, 300};

static void prepare(int listener, bool tcp)
{
    const int send_lowat = 300;
    const struct linger linger = {.l_onoff = 1, .l_linger = 7};
    set_option(listener, SOL_SOCKET, SO_KEEPALIVE, 1);
    set_option(listener, SOL_SOCKET, SO_OOBINLINE, 1);
    set_option(listener, SOL_SOCKET, SO_DONTROUTE, 1);
    set_option(listener, SOL_SOCKET, SO_BROADCAST, 1);
    set_option(listener, SOL_SOCKET, SO_REUSEADDR, 1);
    set_option(listener, SOL_SOCKET, SO_SNDBUF, BUFFER);
    set_option(listener, SOL_SOCKET, SO_RCVBUF, BUFFER);
    set_option(listener, SOL_SOCKET, SO_RCVLOWAT, LOWAT);
    setsockopt(listener, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    setsockopt(listener, SOL_SOCKET, SO_SNDLOWAT, &send_lowat, sizeof send_lowat);
    for (size_t i = 0; tcp && i < sizeof tcp_options / sizeof *tcp_options; i++)
        set_option(listener, IPPROTO_TCP, tcp_options[i], tcp_values[i]);
}

/* The first two of IPv4, the others of IPv6. */
static const struct {
    int domain, level, name;
} ip_options[] = {
    {AF_INET, IPPROTO_IP, IP_TTL},
    {AF_INET, IPPROTO_IP, IP_TOS},
    {AF_INET6, IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    {AF_INET6, IPPROTO_IPV6, IPV6_TCLASS},
};

#define IP_COUNT (int)(sizeof ip_options / sizeof *ip_options)
#define IP_VALUE 16

static void prepare_ip(int listener, int domain)
{
    for (int i = 0; i < IP_COUNT; i++)
        if (ip_options[i].domain == domain)
            set_option(listener, ip_options[i].level, ip_options[i].name, IP_VALUE);
}

static int count_ip(int fd, int domain)
{
    int count = 0;
    for (int i = 0; i < IP_COUNT; i++)
        count += ip_options[i].domain == domain && option(fd, ip_options[i].level, ip_options[i].name) == IP_VALUE;
    return count;
}

static const char *yes_or_no(int count, int of)
{
    return count == of ? "yes" : count == 0 ? "no" : "in part";
}

static const char *options_answer(int fd)
{
    int basic = (option(fd, SOL_SOCKET, SO_KEEPALIVE) != 0) + (option(fd, SOL_SOCKET, SO_OOBINLINE) != 0) +
                (option(fd, SOL_SOCKET, SO_DONTROUTE) != 0) + lingers(fd);
    int other = (option(fd, SOL_SOCKET, SO_BROADCAST) != 0) + (option(fd, SOL_SOCKET, SO_REUSEADDR) != 0);
    if (basic == 4 && other == 2)
        return "all";
    if (basic == 4 && other == 0)
        return "some";
    return basic == 0 && other == 0 ? "none" : "in part";
}

/* What each group of options came to, in the order of `groups` below. */
enum { OPTIONS, BUFFERS, TIMEOUTS, LOWATS, NODELAY, KEEPALIVE, MAXSEG, IP, GROUPS };

static void inspect_tcp(int domain, int fd, struct answers *answers)
{
    const char *where = domain_name(domain);
    int keepalive = 0;
    for (int i = 1; i < 4; i++)
        keepalive += option(fd, IPPROTO_TCP, tcp_options[i]) == tcp_values[i];
    add_answer(&answers[NODELAY], where, yes_or_no(option(fd, IPPROTO_TCP, TCP_NODELAY) != 0, 1));
    add_answer(&answers[KEEPALIVE], where, yes_or_no(keepalive, 3));
    add_answer(&answers[MAXSEG], where, yes_or_no(option(fd, IPPROTO_TCP, TCP_MAXSEG) <= tcp_values[4], 1));
    add_answer(&answers[IP], where, yes_or_no(count_ip(fd, domain), 2));
}

static void inspect(int domain, struct answers *answers, struct answers *send_lowat)
{
    const char *where = domain_name(domain);
    int listener = make_listener(domain, BACKLOG);
    prepare(listener, domain != AF_UNIX);
    prepare_ip(listener, domain);
    int client = make_client(listener), fd = must_accept(listener);
    int buffers = (option(fd, SOL_SOCKET, SO_SNDBUF) == option(listener, SOL_SOCKET, SO_SNDBUF)) +
                  (option(fd, SOL_SOCKET, SO_RCVBUF) == option(listener, SOL_SOCKET, SO_RCVBUF));
    add_answer(&answers[OPTIONS], where, options_answer(fd));
    add_answer(&answers[BUFFERS], where, yes_or_no(buffers, 2));
    add_answer(&answers[TIMEOUTS], where, timeouts_answer(domain));
    add_answer(&answers[LOWATS], where, yes_or_no(option(fd, SOL_SOCKET, SO_RCVLOWAT) == LOWAT, 1));
    if (domain != AF_UNIX)
        inspect_tcp(domain, fd, answers);
    add_answer(send_lowat, where,
               yes_or_no(option(fd, SOL_SOCKET, SO_SNDLOWAT) == option(listener, SOL_SOCKET, SO_SNDLOWAT) &&
                             option(fd, SOL_SOCKET, SO_SNDLOWAT) > 1,
                         1));
    close_hard(fd);
    close_hard(client);
    close_hard(listener);
}

static void print_groups(const struct answers *answers, const char *const *keys)
{
    for (int group = 0; group < GROUPS; group++)
        if (keys[group])
            print_answers(keys[group], &answers[group]);
}

/* An option that is set when the client is queued already. */
static void observe_late(void)
{
    struct answers answers = {0};
    int listener = make_listener(AF_UNIX, BACKLOG), client = make_client(listener);
    set_option(listener, SOL_SOCKET, SO_KEEPALIVE, 1);
    int fd = must_accept(listener);
    add_answer(&answers, "unix", yes_or_no(option(fd, SOL_SOCKET, SO_KEEPALIVE) != 0, 1));
    print_answers("accept.inherit_late_unix", &answers);
    close(fd);
    close(client);
    close(listener);
}

/* What a connection has of a TCP listener's SO_REUSEPORT that was set late, and of a time-out that was set twice. */
static void observe_changed(void)
{
    const struct timeval first = {.tv_sec = 5}, second = {.tv_sec = 7};
    struct answers ports = {0}, timeouts = {0};
    for (int i = 0; i < 2; i++) {
        struct timeval got = {0};
        socklen_t length = sizeof got;
        if (!domain_is_here(tcp_domains[i]))
            continue;
        int listener = make_bound(tcp_domains[i], SOCK_STREAM);
        setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &first, sizeof first);
        if (listen(listener, BACKLOG) != 0)
            give_up("listen");
        setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
        int client = make_client(listener);
        set_option(listener, SOL_SOCKET, SO_REUSEPORT, 1);
        int fd = must_accept(listener);
        add_answer(&ports, domain_name(tcp_domains[i]), yes_or_no(option(fd, SOL_SOCKET, SO_REUSEPORT) != 0, 1));
        if (getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &got, &length) != 0)
            give_up("SO_RCVTIMEO");
        add_answer(&timeouts, domain_name(tcp_domains[i]),
                   got.tv_sec == second.tv_sec  ? "late"
                   : got.tv_sec == first.tv_sec ? "early"
                                                : "none");
        close_hard(fd);
        close_hard(client);
        close(listener);
    }
    print_answers("accept.inherit_late_reuse_port", &ports);
    print_answers("accept.inherit_changed_timeouts", &timeouts);
}

void observe_accept_options(void)
{
    static const char *const tcp[GROUPS] = {"accept.inherit_options_tcp",  "accept.inherit_buffers_tcp",
                                            "accept.inherit_timeouts_tcp", "accept.inherit_lowat_tcp",
                                            "accept.inherit_nodelay",      "accept.inherit_keepalive",
                                            "accept.inherit_maxseg",       "accept.inherit_ip"};
    static const char *const local[GROUPS] = {"accept.inherit_options_unix", "accept.inherit_buffers_unix",
                                              "accept.inherit_timeouts_unix", "accept.inherit_lowat_unix"};
    struct answers tcp_answers[GROUPS] = {0}, unix_answers[GROUPS] = {0}, send_lowat = {0};
    for (int i = 0; i < 2; i++)
        if (domain_is_here(tcp_domains[i]))
            inspect(tcp_domains[i], tcp_answers, &send_lowat);
    inspect(AF_UNIX, unix_answers, &send_lowat);
    print_groups(tcp_answers, tcp);
    print_groups(unix_answers, local);
    print_answers("accept.inherit_send_lowat", &send_lowat);
    observe_late();
    observe_changed();
}
