#include "socket_options.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>

#include "facts.h"
#include "listener.h"
#include "mark_write.h"
#include "option.h"
#include "system.h"
#include "timeout_width.h"

#include "async_safe.h"

/* The largest of them is struct timeval; struct linger and int are smaller. */
struct option_value {
    union {
        int number;
        struct linger linger;
        struct timeval time;
    };
    socklen_t length;
};

const struct socket_option socket_options[] = {
    {OPTIONS_BASIC, SOL_SOCKET, SO_KEEPALIVE, 0, 0},
    {OPTIONS_BASIC, SOL_SOCKET, SO_DONTROUTE, 0, 0},
    {OPTIONS_BASIC, SOL_SOCKET, SO_OOBINLINE, 0, 0},
    {OPTIONS_BASIC, SOL_SOCKET, SO_LINGER, 0, 0},
    {OPTIONS_OTHER, SOL_SOCKET, SO_REUSEADDR, 0, 0},
    {OPTIONS_OTHER, SOL_SOCKET, SO_BROADCAST, 0, 0},
    {OPTIONS_OTHER, SOL_SOCKET, SO_TIMESTAMP, 0, 0},
    {OPTIONS_OTHER, SOL_SOCKET, SO_DEBUG, 0, 0},
    {OPTIONS_BUFFERS, SOL_SOCKET, SO_SNDBUF, 0, SEND_SIZE_SET},
    {OPTIONS_BUFFERS, SOL_SOCKET, SO_RCVBUF, 0, RECEIVE_SIZE_SET},
    {OPTIONS_TIMEOUTS, SOL_SOCKET, SO_SNDTIMEO, 0, MARK_LATE_SEND},
    {OPTIONS_TIMEOUTS, SOL_SOCKET, SO_RCVTIMEO, 0, MARK_LATE_RECEIVE},
    {OPTIONS_LOWAT, SOL_SOCKET, SO_RCVLOWAT, 1, 0},
    {OPTIONS_NODELAY, IPPROTO_TCP, TCP_NODELAY, 0, 0},
    {OPTIONS_IP, IPPROTO_IP, IP_TTL, -1, 0},
    {OPTIONS_IP, IPPROTO_IP, IP_TOS, 0, 0},
    {OPTIONS_IP, IPPROTO_IPV6, IPV6_UNICAST_HOPS, -1, 0},
    {OPTIONS_IP, IPPROTO_IPV6, IPV6_TCLASS, 0, 0},
    {OPTIONS_KEEPALIVE, IPPROTO_TCP, TCP_KEEPIDLE, 0, 0},
    {OPTIONS_KEEPALIVE, IPPROTO_TCP, TCP_KEEPINTVL, 0, 0},
    {OPTIONS_KEEPALIVE, IPPROTO_TCP, TCP_KEEPCNT, 0, 0},
};

const size_t socket_option_count = sizeof socket_options / sizeof *socket_options;

bool option_is_of(const struct socket_option *option, int domain)
{
    return (option->level != IPPROTO_IP || domain == AF_INET) && (option->level != IPPROTO_IPV6 || domain == AF_INET6);
}

static bool get(int fd, const struct socket_option *option, struct option_value *value)
{
    memset(value, 0, sizeof *value);
    value->length = sizeof value->time;
    return option_get(fd, option->level, option->name, &value->time, &value->length) == 0 &&
           value->length <= sizeof value->time;
}

static bool is_none(const struct socket_option *option, const struct option_value *value)
{
    struct option_value none = {.time = {0}};
    none.number = option->none;
    return memcmp(&value->time, &none.time, value->length) == 0;
}

/* A new AF_UNIX connection has no option set, so only the listener is asked. */
void option_copy(const struct socket_option *option, int listener, int connection)
{
    struct option_value value;
    if (!get(listener, option, &value) || is_none(option, &value))
        return;
    if (option->group == OPTIONS_BUFFERS)
        value.number /= 2; /* the kernel doubles what it is given, and reports the double */
    option_set(connection, option->level, option->name, &value.time, value.length);
}

/* An option whose default cannot be recognized is set without asking. */
void option_clear(const struct socket_option *option, int connection)
{
    struct option_value value;
    if (option->group != OPTIONS_IP && (!get(connection, option, &value) || is_none(option, &value)))
        return;
    memset(&value.time, 0, sizeof value.time);
    value.number = option->none;
    if (option->group == OPTIONS_IP)
        value.length = sizeof value.number;
    option_set(connection, option->level, option->name, &value.time, value.length);
}

/*
 * Gives a TCP connection the keepalive times of a new socket. Where no descriptor is free to make one, the connection
 * keeps those that it has. By system call: libc's close is a cancellation point.
 */
void options_clear_keepalive(int domain, int connection)
{
    struct option_value has, initial;
    int fresh = (int)system_call(SYS_socket, domain, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fresh < 0)
        return;
    for (size_t i = 0; i < sizeof socket_options / sizeof *socket_options; i++)
        if (socket_options[i].group == OPTIONS_KEEPALIVE && get(fresh, &socket_options[i], &initial) &&
            get(connection, &socket_options[i], &has) && has.number != initial.number)
            option_set(connection, IPPROTO_TCP, socket_options[i].name, &initial.number, sizeof initial.number);
    system_call(SYS_close, fresh);
}

const int option_group_marks[OPTION_GROUPS] = {
    [OPTIONS_BASIC] = MARK_SWITCHES_SET, [OPTIONS_OTHER] = MARK_SWITCHES_SET,
    [OPTIONS_BUFFERS] = MARK_VALUES_SET, [OPTIONS_TIMEOUTS] = MARK_VALUES_SET,
    [OPTIONS_LOWAT] = MARK_VALUES_SET,   [OPTIONS_NODELAY] = MARK_PROTOCOL_SET,
    [OPTIONS_IP] = MARK_PROTOCOL_SET,    [OPTIONS_KEEPALIVE] = MARK_PROTOCOL_SET,
};

/* Whether two sockets report the same value of an option. */
static bool is_same(const struct socket_option *option, int one, int other)
{
    struct option_value a, b;
    bool has = get(one, option, &a);
    return has == get(other, option, &b) && (!has || memcmp(&a.time, &b.time, a.length) == 0);
}

/* The groups of options in which the listener differs from a new socket of its family. */
static int groups_set(int listener, int fresh, int domain)
{
    int bits = facts_sizes_set(listener) ? MARK_VALUES_SET : 0;
    for (size_t i = 0; i < sizeof socket_options / sizeof *socket_options; i++) {
        const struct socket_option *option = &socket_options[i];
        if (option->group != OPTIONS_BUFFERS && option_is_of(option, domain) && !is_same(option, listener, fresh))
            bits |= option_group_marks[option->group];
    }
    return bits;
}

/*
 * Looks a second time: an option that is set meanwhile is either seen now, or its setsockopt comes after the note
 * and sees it.
 */
int options_learn(int listener, int domain)
{
    int fresh = (int)system_call(SYS_socket, domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fresh < 0)
        return MARK_OPTIONS_SET;
    int bits = groups_set(listener, fresh, domain);
    mark_change(listener, 0, MARK_OPTIONS_KNOWN | bits);
    int again = groups_set(listener, fresh, domain);
    if (again & ~bits)
        mark_change(listener, 0, again);
    plain_begin(listener, domain);
    system_call(SYS_close, fresh);
    return bits | again;
}

/* What Linux gives to a new socket where a connection's "not set" is no such number. Source: tcp(7), ip(7), ipv6(7). */
static int usual(const struct socket_option *option)
{
    switch (option->group) {
    case OPTIONS_KEEPALIVE:
        return option->name == TCP_KEEPIDLE ? 7200 : option->name == TCP_KEEPINTVL ? 75 : 9;
    case OPTIONS_IP:
        return option->none < 0 ? 64 : 0;
    default:
        return option->none;
    }
}

static bool is_usual(const struct socket_option *option, const struct option_value *value)
{
    struct option_value initial = {.time = {0}};
    initial.number = usual(option);
    return memcmp(&value->time, &initial.time, value->length) == 0;
}

/* An AF_UNIX path is taken or not, whatever SO_REUSEADDR says: a connection that inherits it is as one that does not.
 */
static bool means_nothing(const struct socket_option *option, int domain)
{
    return domain == AF_UNIX && option->level == SOL_SOCKET && option->name == SO_REUSEADDR;
}

unsigned int options_set(int listener, int domain)
{
    unsigned int groups = facts_sizes_set(listener) ? 1u << OPTIONS_BUFFERS : 0;
    for (size_t i = 0; i < sizeof socket_options / sizeof *socket_options; i++) {
        const struct socket_option *option = &socket_options[i];
        struct option_value value;
        if (option->group != OPTIONS_BUFFERS && option_is_of(option, domain) && !means_nothing(option, domain) &&
            get(listener, option, &value) && !is_usual(option, &value))
            groups |= 1u << option->group;
    }
    return groups;
}

/* Two widths of time_t give the time-outs two numbers. */
static bool is_named(const struct socket_option *option, int level, int name)
{
    if (level == SOL_SOCKET && name == SO_SNDTIMEO_NEW)
        name = SO_SNDTIMEO;
    else if (level == SOL_SOCKET && name == SO_RCVTIMEO_NEW)
        name = SO_RCVTIMEO;
    return option->level == level && option->name == name;
}

void options_note_set(int fd, int level, int name)
{
    int bit = 0, saved = errno;
    for (size_t i = 0; i < sizeof socket_options / sizeof *socket_options && !bit; i++)
        bit = is_named(&socket_options[i], level, name) ? option_group_marks[socket_options[i].group] : 0;
    int mark = bit ? facts_mark(fd) : 0;
    if (mark & MARK_OPTIONS_KNOWN && !(mark & bit))
        mark_change(fd, 0, bit);
    errno = saved;
}
