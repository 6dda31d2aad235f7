#include "option.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* Newer than some C libraries: linux/in.h. */
enum { NAME_NO_PORT = 24, NAME_PORT_RANGE = 51 };

/* SOL_SOCKET of the BSDs, and what they have there. */
enum { LEVEL_BSD = 0xffff, NAME_ACCEPT_FILTER = 0x1000, NAME_QUEUE_LIMIT = 0x1011 };

#define SOCKET(name, form)                                                                                             \
    {                                                                                                                  \
#name, SOL_SOCKET, name, form                                                                                  \
    }
#define TCP(name, form)                                                                                                \
    {                                                                                                                  \
#name, IPPROTO_TCP, name, form                                                                                 \
    }

static const struct option options[] = {
    SOCKET(SO_REUSEADDR, OPTION_INT),
    SOCKET(SO_REUSEADDR, OPTION_INT),
    SOCKET(SO_REUSEADDR, OPTION_INT),
    SOCKET(SO_REUSEPORT, OPTION_INT),
    SOCKET(SO_REUSEPORT, OPTION_INT),
    SOCKET(SO_KEEPALIVE, OPTION_INT),
    SOCKET(SO_BROADCAST, OPTION_INT),
    SOCKET(SO_DONTROUTE, OPTION_INT),
    SOCKET(SO_OOBINLINE, OPTION_INT),
    SOCKET(SO_SNDBUF, OPTION_INT),
    SOCKET(SO_RCVBUF, OPTION_INT),
    SOCKET(SO_SNDBUFFORCE, OPTION_INT),
    SOCKET(SO_RCVLOWAT, OPTION_INT),
    SOCKET(SO_SNDLOWAT, OPTION_INT),
    SOCKET(SO_RCVTIMEO, OPTION_TIME),
    SOCKET(SO_RCVTIMEO, OPTION_TIME),
    SOCKET(SO_SNDTIMEO, OPTION_TIME),
    SOCKET(SO_LINGER, OPTION_LINGER),
    SOCKET(SO_LINGER, OPTION_LINGER),
    SOCKET(SO_LINGER, OPTION_LINGER),
    SOCKET(SO_ERROR, OPTION_INT),
    SOCKET(SO_ERROR, OPTION_INT),
    SOCKET(SO_TYPE, OPTION_INT),
    SOCKET(SO_DOMAIN, OPTION_INT),
    SOCKET(SO_PROTOCOL, OPTION_INT),
    SOCKET(SO_ACCEPTCONN, OPTION_INT),
    SOCKET(SO_ACCEPTCONN, OPTION_INT),
    SOCKET(SO_PASSCRED, OPTION_INT),
    SOCKET(SO_PEERCRED, OPTION_PEER),
    SOCKET(SO_PRIORITY, OPTION_INT),
    SOCKET(SO_TIMESTAMP, OPTION_INT),
    SOCKET(SO_INCOMING_CPU, OPTION_INT),
    SOCKET(SO_BINDTODEVICE, OPTION_NAME),
    SOCKET(SO_COOKIE, OPTION_COOKIE),
    SOCKET(SO_DEBUG, OPTION_INT),
    SOCKET(SO_MARK, OPTION_INT),
    TCP(TCP_NODELAY, OPTION_INT),
    TCP(TCP_NODELAY, OPTION_INT),
    TCP(TCP_MAXSEG, OPTION_INT),
    TCP(TCP_CORK, OPTION_INT),
    TCP(TCP_KEEPIDLE, OPTION_INT),
    TCP(TCP_KEEPINTVL, OPTION_INT),
    TCP(TCP_KEEPCNT, OPTION_INT),
    TCP(TCP_SYNCNT, OPTION_INT),
    TCP(TCP_LINGER2, OPTION_INT),
    TCP(TCP_DEFER_ACCEPT, OPTION_INT),
    TCP(TCP_INFO, OPTION_STATE),
    TCP(TCP_USER_TIMEOUT, OPTION_INT),
    TCP(TCP_FASTOPEN, OPTION_INT),
    TCP(TCP_CONGESTION, OPTION_NAME),
    {"IP_TOS", IPPROTO_IP, IP_TOS, OPTION_INT},
    {"IP_TTL", IPPROTO_IP, IP_TTL, OPTION_INT},
    {"IP_RECVERR", IPPROTO_IP, IP_RECVERR, OPTION_INT},
    {"IP_FREEBIND", IPPROTO_IP, IP_FREEBIND, OPTION_INT},
    {"IP_BIND_ADDRESS_NO_PORT", IPPROTO_IP, NAME_NO_PORT, OPTION_INT},
    {"IP_LOCAL_PORT_RANGE", IPPROTO_IP, NAME_PORT_RANGE, OPTION_INT},
    {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, OPTION_INT},
    {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY, OPTION_INT},
    {"IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS, OPTION_INT},
    {"IPV6_TCLASS", IPPROTO_IPV6, IPV6_TCLASS, OPTION_INT},
    {"SO_ACCEPTFILTER", SOL_SOCKET, NAME_ACCEPT_FILTER, OPTION_FILTER},
    {"SO_ACCEPTFILTER of the BSDs", LEVEL_BSD, NAME_ACCEPT_FILTER, OPTION_FILTER},
    {"SO_LISTENQLIMIT", SOL_SOCKET, NAME_QUEUE_LIMIT, OPTION_INT},
    {"SO_LISTENQLEN of the BSDs", LEVEL_BSD, NAME_QUEUE_LIMIT + 1, OPTION_INT},
    {"no option", SOL_SOCKET, 0x7654, OPTION_INT},
    {"no level", -1, 1, OPTION_INT},
};

_Static_assert(sizeof options / sizeof *options == OPTIONS, "every option can be chosen");

const struct option *option_at(unsigned int index)
{
    return &options[index];
}

unsigned int option_index(int level, int name)
{
    unsigned int index = 0;
    while (options[index].level != level || options[index].name != name)
        index++;
    return index;
}

int option_any_value(struct random *random)
{
    static const int values[] = {1, 1, 1, 1, 0, 0, 0, 2, 5, -1, 100, 4096, 65536, INT_MAX, INT_MIN};
    return RANDOM_OF(random, values);
}

/* A wait ends before the timer that interrupts one that would last. */
#define TIMEOUT_US 5000

static socklen_t write_name(const char *name, char *value)
{
    size_t length = strlen(name) + 1;
    memcpy(value, name, length);
    return (socklen_t)length;
}

socklen_t option_write(const struct option *option, int number, char value[OPTION_ROOM])
{
    static const char *const names[] = {"", "lo", "reno", "cubic"}, *const filters[] = {"dataready", "httpready", "x"};
    const struct linger linger = {.l_onoff = number, .l_linger = 0};
    const struct timeval time = {.tv_sec = number < 0 ? number : 0, .tv_usec = number > 0 ? TIMEOUT_US : 0};
    memset(value, 0, OPTION_ROOM);
    switch (option->form) {
    case OPTION_LINGER:
        memcpy(value, &linger, sizeof linger);
        return sizeof linger;
    case OPTION_TIME:
        memcpy(value, &time, sizeof time);
        return sizeof time;
    case OPTION_NAME:
        return write_name(names[(unsigned int)number % 4], value);
    case OPTION_FILTER:
        write_name(filters[(unsigned int)number % 3], value);
        return 256;
    default:
        memcpy(value, &number, sizeof number);
        return sizeof number;
    }
}

static void print_peer(const char *value)
{
    struct ucred peer;
    memcpy(&peer, value, sizeof peer);
    printf(" %s, user %u", peer.pid == getpid() ? "this process" : peer.pid ? "another process" : "nobody", peer.uid);
}

void option_print(const struct option *option, const char *value, socklen_t length, size_t room)
{
    size_t there = length < room ? length : room;
    printf(" %u", length);
    if (option->form == OPTION_COOKIE)
        return;
    if (option->form == OPTION_STATE)
        there = there > 0;
    if (option->form == OPTION_PEER && there == sizeof(struct ucred)) {
        print_peer(value);
        return;
    }
    putchar(' ');
    for (size_t i = 0; i < there && i < 16; i++)
        printf("%02x", (unsigned char)value[i]);
}
