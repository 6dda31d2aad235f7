#include "probe.h"

/* Ports: who may have one that others have, which ones are chosen, which need a privilege */

/* Another program may have the port at an address of its own just then; it will not have it each time. */
#define TRIES 3

static int with_reuse(int domain, int type, int reuse)
{
    int fd = must(socket(domain, type, 0), "socket");
    if (reuse)
        must(set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1), "SO_REUSEADDR");
    return fd;
}

/* Two sockets for one port, as the rows at the end name them. */
static const struct pair {
    int reuse_first, reuse_second, listens;
    unsigned long first, second;
} pairs[] = {
    {0, 0, 1, INADDR_ANY, INADDR_LOOPBACK},      {0, 1, 1, INADDR_ANY, INADDR_LOOPBACK},
    {0, 1, 1, INADDR_LOOPBACK, INADDR_ANY},      {1, 1, 0, INADDR_LOOPBACK, INADDR_LOOPBACK},
    {0, 1, 1, INADDR_LOOPBACK, INADDR_LOOPBACK}, {0, 0, 0, INADDR_ANY, INADDR_ANY},
    {1, 1, 1, INADDR_LOOPBACK, INADDR_LOOPBACK},
};

/* "ok" if the second can bind, and listen where the first does. */
static const char *try_pair(const struct pair *pair, int type)
{
    int first = with_reuse(AF_INET, type, pair->reuse_first), second = with_reuse(AF_INET, type, pair->reuse_second);
    int listens = pair->listens && type == SOCK_STREAM, result;
    const char *answer;
    must(bind_to(first, four(pair->first, 0)), "first bind");
    if (listens)
        must(listen(first, 1), "listen");
    result = bind_to(second, four(pair->second, port_of(first)));
    if (result == 0 && listens)
        result = listen(second, 1);
    answer = said(result, "ok");
    close(first);
    close(second);
    return answer;
}

/* A bystander has the same address and a port of its own: it is in no one's way. */
static const char *share(int type)
{
    int i;
    const char *answer = "EADDRINUSE";
    bound_datagram(AF_INET);
    bound(AF_INET);
    for (i = 0; i < TRIES && is_same(answer, "EADDRINUSE"); i++)
        answer = try_pair(&pairs[chosen], type);
    return answer;
}

static const char *share_stream(int domain)
{
    (void)domain;
    return share(SOCK_STREAM);
}

static const char *share_datagram(int domain)
{
    (void)domain;
    return share(SOCK_DGRAM);
}

/* Whether a new socket gets the port of a listener that is gone while its connection is still there. */
static int inherits_port(int reuse_first, int reuse_second)
{
    int first = with_reuse(AF_INET, SOCK_STREAM, reuse_first), second = with_reuse(AF_INET, SOCK_STREAM, reuse_second);
    int port, result;
    must(bind_to(first, fresh_address(AF_INET)), "bind");
    must(listen(first, 1), "listen");
    port = port_of(first);
    client_of(first);
    accepted(first);
    close(first);
    result = bind_to(second, four(INADDR_LOOPBACK, port)) == 0;
    close(second);
    return result;
}

static int often(int (*try_once)(int, int), int first, int second)
{
    int i, success = 0;
    for (i = 0; i < TRIES && !success; i++)
        success = try_once(first, second);
    return success;
}

static const char *time_wait(int domain)
{
    (void)domain;
    if (often(inherits_port, 0, 0))
        return "ok";
    if (often(inherits_port, 0, 1))
        return "new";
    return often(inherits_port, 1, 1) ? "both" : "other: never";
}

#if defined(HAS_SIX) && defined(IPV6_V6ONLY)
static struct address six_any(int port)
{
    struct address address = fresh_address(AF_INET6);
    ((char *)&address.at.six.sin6_addr)[15] = 0;
    address.at.six.sin6_port = htons((unsigned short)port);
    return address;
}

/* Whether the dual-stack wildcard and the IPv4 wildcard can have one port and both listen. */
static int both_stacks(int six_first, int reuse)
{
    int six = with_reuse(AF_INET6, SOCK_STREAM, reuse), old = with_reuse(AF_INET, SOCK_STREAM, reuse), result;
    int first = six_first ? six : old, second = six_first ? old : six;
    must(set_option(six, IPPROTO_IPV6, IPV6_V6ONLY, 0), "IPV6_V6ONLY");
    must(bind_to(first, six_first ? six_any(0) : four(INADDR_ANY, 0)), "bind");
    must(listen(first, 1), "listen");
    result = bind_to(second, six_first ? four(INADDR_ANY, port_of(first)) : six_any(port_of(first)));
    result = result == 0 && listen(second, 1) == 0;
    close(first);
    close(second);
    return result;
}

static const char *dual_stack(int domain)
{
    int four_last = often(both_stacks, 1, 0), by_reuse = often(both_stacks, 1, 1);
    int six_last = often(both_stacks, 0, 0);
    (void)domain;
    if (!six_last)
        return four_last ? "other: only the dual-stack one first" : "linux";
    return four_last ? "ok" : by_reuse ? "reuse" : "after";
}
#else
static const char *dual_stack(int domain)
{
    (void)domain;
    return cannot("no IPV6_V6ONLY");
}
#endif

/* The lowest and the highest port of many that bind chose: "LOW..HIGH of COUNT". */
#define CHOICES 500

static const char *choose(int domain)
{
    static char text[60];
    int i, low = 65536, high = 0;
    for (i = 0; i < CHOICES; i++) {
        int fd = socket(domain, SOCK_STREAM, 0), port;
        if (fd < 0 || bind_to(fd, four(INADDR_LOOPBACK, 0)) != 0)
            break;
        port = port_of(fd);
        low = port < low ? port : low;
        high = port > high ? port : high;
    }
    if (i < 50)
        return cannot("too few descriptors");
    sprintf(text, "%d..%d of %d", low, high, i);
    return text;
}

/* Experiments beside each other have ports of their own: the wildcard address is in everybody's way. */
static int own_low_port(int domain, int wildcard)
{
    return 1 + wildcard + (domain == AF_INET ? 0 : 2);
}

/* Becomes an unprivileged user where this one is root. */
static void be_nobody(void)
{
    static const long nobodies[] = {65534, 32767, 60001, -2};
    int i;
    for (i = 0; i < 4 && geteuid() == 0; i++)
        if (setuid((uid_t)nobodies[i]) == 0)
            return;
    if (geteuid() == 0)
        cannot("this process cannot give up its privilege");
}

static int bind_low(int domain, int wildcard, int port)
{
    struct address address = fresh_address(domain);
    if (wildcard)
        memset(domain == AF_INET ? (char *)&address.at.four.sin_addr : address.at.bytes + 8, 0,
               domain == AF_INET ? 4 : 16);
    address.at.four.sin_port = htons((unsigned short)port); /* at one place in both structures */
    return bind_to(stream(domain), address);
}

static const char *low_port(int domain)
{
    be_nobody();
    return said(bind_low(domain, chosen, own_low_port(domain, chosen)), "ok");
}

/* The first port that needs no privilege, if it is one of the usual ones. */
static const char *free_port(int domain)
{
    static const int steps[] = {5, 512, 1023, 1024};
    int i;
    be_nobody();
    for (i = 0; i < 4; i++)
        if (bind_low(domain, 0, steps[i]) == 0 || (errno != EACCES && errno != EPERM))
            return i == 0 ? "0" : i == 3 ? "1024" : "other: between 6 and 1023";
    return "other: above 1024";
}

const struct experiment port_experiments[] = {
    {"sharing.tcp.wildcard_then_specific", FOUR, share_stream, 0},
    {"sharing.tcp.wildcard_then_specific_with_reuse", FOUR, share_stream, 1},
    {"sharing.tcp.specific_then_wildcard_with_reuse", FOUR, share_stream, 2},
    {"sharing.tcp.both_bound_both_with_reuse", FOUR, share_stream, 3},
    {"sharing.tcp.both_listen_second_with_reuse", FOUR, share_stream, 4},
    {"sharing.tcp.both_wildcard", FOUR, share_stream, 5},
    {"sharing.tcp.both_listen_both_with_reuse", FOUR, share_stream, 6},
    {"sharing.udp.wildcard_then_specific", FOUR, share_datagram, 0},
    {"sharing.udp.wildcard_then_specific_with_reuse", FOUR, share_datagram, 1},
    {"sharing.udp.specific_then_wildcard_with_reuse", FOUR, share_datagram, 2},
    {"sharing.udp.both_bound_both_with_reuse", FOUR, share_datagram, 3},
    {"sharing.udp.second_with_reuse", FOUR, share_datagram, 4},
    {"sharing.udp.both_wildcard", FOUR, share_datagram, 5},
    {"bind.time_wait_reuse", FOUR, time_wait, 0},
    {"bind.dual_stack", SIX, dual_stack, 0},
    {"ports", FOUR, choose, 0},
    {"bind.low_port", TCP, low_port, 0},
    {"bind.low_port_wildcard", TCP, low_port, 1},
    {"host.unprivileged_port", FOUR, free_port, 0},
    {NULL, 0, NULL, 0},
};
