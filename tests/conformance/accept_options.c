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

static bool lingers(int fd)
{
    struct linger linger = {0};
    socklen_t length = sizeof linger;
    if (getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length) != 0)
        give_up("getsockopt");
    return linger.l_onoff && linger.l_linger == 7;
}

static void prepare(int listener, bool tcp)
{
    const struct timeval limit = {.tv_sec = 5};
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
    setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(listener, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (tcp)
        set_option(listener, IPPROTO_TCP, TCP_NODELAY, 1);
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
enum { OPTIONS, BUFFERS, TIMEOUTS, LOWATS, NODELAY, GROUPS };

static void inspect(int domain, struct answers *answers)
{
    const char *where = domain_name(domain);
    int listener = make_listener(domain, BACKLOG);
    prepare(listener, domain != AF_UNIX);
    int client = make_client(listener), fd = must_accept(listener);
    int buffers = (option(fd, SOL_SOCKET, SO_SNDBUF) == option(listener, SOL_SOCKET, SO_SNDBUF)) +
                  (option(fd, SOL_SOCKET, SO_RCVBUF) == option(listener, SOL_SOCKET, SO_RCVBUF));
    add_answer(&answers[OPTIONS], where, options_answer(fd));
    add_answer(&answers[BUFFERS], where, yes_or_no(buffers, 2));
    add_answer(&answers[TIMEOUTS], where, yes_or_no(has_timeout(fd, SO_SNDTIMEO) + has_timeout(fd, SO_RCVTIMEO), 2));
    add_answer(&answers[LOWATS], where, yes_or_no(option(fd, SOL_SOCKET, SO_RCVLOWAT) == LOWAT, 1));
    if (domain != AF_UNIX)
        add_answer(&answers[NODELAY], where, yes_or_no(option(fd, IPPROTO_TCP, TCP_NODELAY) != 0, 1));
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

void observe_accept_options(void)
{
    static const char *const tcp[GROUPS] = {"accept.inherit_options_tcp", "accept.inherit_buffers_tcp",
                                            "accept.inherit_timeouts_tcp", "accept.inherit_lowat_tcp",
                                            "accept.inherit_nodelay"};
    static const char *const local[GROUPS] = {"accept.inherit_options_unix", "accept.inherit_buffers_unix",
                                              "accept.inherit_timeouts_unix", "accept.inherit_lowat_unix"};
    struct answers tcp_answers[GROUPS] = {0}, unix_answers[GROUPS] = {0};
    for (int i = 0; i < 2; i++)
        if (domain_is_here(tcp_domains[i]))
            inspect(tcp_domains[i], tcp_answers);
    inspect(AF_UNIX, unix_answers);
    print_groups(tcp_answers, tcp);
    print_groups(unix_answers, local);
}
