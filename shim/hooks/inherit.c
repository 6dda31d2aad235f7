#include "inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>

#include "../facts/facts.h"
#include "../facts/system.h"
#include "hooks.h"
#include "mark.h"

#include "careful.h"

/* The largest of them is struct timeval; struct linger and int are smaller. */
struct option_value {
    union {
        int number;
        struct linger linger;
        struct timeval time;
    };
    socklen_t length;
};

static const struct option {
    enum option_group group;
    int level, name;
    int none; /* the number that means "not set": what AF_UNIX connections have */
    int bit;  /* of a buffer: what tells that its size was set; of a time-out: that it was set after listen */
} options[] = {
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

static bool is_of(const struct option *option, int domain)
{
    return (option->level != IPPROTO_IP || domain == AF_INET) && (option->level != IPPROTO_IPV6 || domain == AF_INET6);
}

static bool get(int fd, const struct option *option, struct option_value *value)
{
    memset(value, 0, sizeof *value);
    value->length = sizeof value->time;
    return real.getsockopt(fd, option->level, option->name, &value->time, &value->length) == 0;
}

static bool is_none(const struct option *option, const struct option_value *value)
{
    struct option_value none = {.time = {0}};
    none.number = option->none;
    return memcmp(&value->time, &none.time, value->length) == 0;
}

/* The connection has none of it, as every AF_UNIX connection of Linux: so only the listener is asked. */
static void copy_option(const struct option *option, int listener, int connection)
{
    struct option_value value;
    if (!get(listener, option, &value) || is_none(option, &value))
        return;
    if (option->group == OPTIONS_BUFFERS)
        value.number /= 2; /* the kernel doubles what it is given, and reports the double */
    real.setsockopt(connection, option->level, option->name, &value.time, value.length);
}

/* What reads back as the system's default where none was set is set without asking. */
static void clear_option(const struct option *option, int connection)
{
    struct option_value value;
    if (option->group != OPTIONS_IP && (!get(connection, option, &value) || is_none(option, &value)))
        return;
    memset(&value.time, 0, sizeof value.time);
    value.number = option->none;
    if (option->group == OPTIONS_IP)
        value.length = sizeof value.number;
    real.setsockopt(connection, option->level, option->name, &value.time, value.length);
}

/*
 * Gives a TCP connection the keepalive times of a new socket. Where no descriptor is free to make one, the connection
 * keeps those that it has. By system call: libc's close is a cancellation point.
 */
static void clear_keepalive(int domain, int connection)
{
    struct option_value has, initial;
    int fresh = (int)system_call(SYS_socket, domain, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fresh < 0)
        return;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].group == OPTIONS_KEEPALIVE && get(fresh, &options[i], &initial) &&
            get(connection, &options[i], &has) && has.number != initial.number)
            real.setsockopt(connection, IPPROTO_TCP, options[i].name, &initial.number, sizeof initial.number);
    system_call(SYS_close, fresh);
}

static const int group_bits[OPTION_GROUPS] = {
    [OPTIONS_BASIC] = MARK_SWITCHES_SET, [OPTIONS_OTHER] = MARK_SWITCHES_SET,
    [OPTIONS_BUFFERS] = MARK_VALUES_SET, [OPTIONS_TIMEOUTS] = MARK_VALUES_SET,
    [OPTIONS_LOWAT] = MARK_VALUES_SET,   [OPTIONS_NODELAY] = MARK_PROTOCOL_SET,
    [OPTIONS_IP] = MARK_PROTOCOL_SET,    [OPTIONS_KEEPALIVE] = MARK_PROTOCOL_SET,
};

/* Whether two sockets have the same of an option, as far as they tell. */
static bool is_same(const struct option *option, int one, int other)
{
    struct option_value a, b;
    bool has = get(one, option, &a);
    return has == get(other, option, &b) && (!has || memcmp(&a.time, &b.time, a.length) == 0);
}

/* The groups of which the listener differs from a new socket of its family. */
static int groups_set(int listener, int fresh, int domain)
{
    int bits = facts_sizes_set(listener) ? MARK_VALUES_SET : 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const struct option *option = &options[i];
        if (option->group != OPTIONS_BUFFERS && is_of(option, domain) && !is_same(option, listener, fresh))
            bits |= group_bits[option->group];
    }
    return bits;
}

/*
 * Notes in the listener's mark which groups are set. Then looks again: an option that is set meanwhile is either seen
 * now, or its setsockopt comes after the note, and sees that.
 */
static int learn_options(int listener, int domain)
{
    int fresh = (int)system_call(SYS_socket, domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fresh < 0)
        return MARK_OPTIONS_SET;
    int bits = groups_set(listener, fresh, domain);
    mark_change(listener, 0, MARK_OPTIONS_KNOWN | bits);
    int again = groups_set(listener, fresh, domain);
    if (again & ~bits)
        mark_change(listener, 0, again);
    system_call(SYS_close, fresh);
    return bits | again;
}

/* All that is to be known of the listener. */
struct known {
    bool local;
    int sizes, mark;
};

static enum inheritance find_inheritance(const struct profile *profile, const struct option *option,
                                         const struct known *known)
{
    enum inheritance how = accept_inheritance(profile, known->local, option->group);
    if (!(known->mark & group_bits[option->group]))
        return INHERIT_LEAVE; /* what the listener never had, no connection has */
    if (how == INHERIT_EARLY)
        how = early_inheritance(known->local, known->mark & option->bit);
    if (how == INHERIT_COPY && option->group == OPTIONS_BUFFERS && !(known->sizes & option->bit))
        how = INHERIT_LEAVE;
    return how;
}

static void inherit_set_options(const struct profile *profile, int domain, int listener, int connection, int mark)
{
    struct known known = {.local = domain == AF_UNIX, .mark = mark};
    if (mark & MARK_VALUES_SET && accept_inheritance(profile, known.local, OPTIONS_BUFFERS) == INHERIT_COPY)
        known.sizes = facts_sizes_set(listener);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        enum inheritance how = find_inheritance(profile, &options[i], &known);
        if (how == INHERIT_LEAVE || options[i].group == OPTIONS_KEEPALIVE || !is_of(&options[i], domain))
            continue;
        if (how == INHERIT_COPY)
            copy_option(&options[i], listener, connection);
        else
            clear_option(&options[i], connection);
    }
    if (mark & MARK_PROTOCOL_SET && accept_inheritance(profile, known.local, OPTIONS_KEEPALIVE) == INHERIT_CLEAR)
        clear_keepalive(domain, connection);
}

void inherit_options(const struct profile *profile, int domain, int listener, int connection)
{
    int mark = facts_mark(listener);
    if (!(mark & MARK_OPTIONS_KNOWN))
        mark |= learn_options(listener, domain);
    if (mark & MARK_OPTIONS_SET)
        inherit_set_options(profile, domain, listener, connection, mark);
}

/* By either width of time_t. */
static bool is_named(const struct option *option, int level, int name)
{
    if (level == SOL_SOCKET && name == SO_SNDTIMEO_NEW)
        name = SO_SNDTIMEO;
    else if (level == SOL_SOCKET && name == SO_RCVTIMEO_NEW)
        name = SO_RCVTIMEO;
    return option->level == level && option->name == name;
}

void inherit_option_was_set(int fd, int level, int name)
{
    int bit = 0, saved = errno;
    for (size_t i = 0; i < sizeof options / sizeof *options && !bit; i++)
        bit = is_named(&options[i], level, name) ? group_bits[options[i].group] : 0;
    int mark = bit ? facts_mark(fd) : 0;
    if (mark & MARK_OPTIONS_KNOWN && !(mark & bit))
        mark_change(fd, 0, bit);
    errno = saved;
}

void inherit_owner(int listener, int connection)
{
    struct f_owner_ex owner = {0};
    if (fcntl(listener, F_GETOWN_EX, &owner) == 0 && owner.pid != 0)
        fcntl(connection, F_SETOWN_EX, &owner);
}
