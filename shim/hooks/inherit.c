#include "inherit.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>

#include "../facts/facts.h"
#include "../facts/mark.h"
#include "../facts/system.h"
#include "hooks.h"

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
    static const struct option times[] = {{OPTIONS_KEEPALIVE, IPPROTO_TCP, TCP_KEEPIDLE, 0, 0},
                                          {OPTIONS_KEEPALIVE, IPPROTO_TCP, TCP_KEEPINTVL, 0, 0},
                                          {OPTIONS_KEEPALIVE, IPPROTO_TCP, TCP_KEEPCNT, 0, 0}};
    struct option_value has, initial;
    int fresh = (int)system_call(SYS_socket, domain, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_TCP);
    if (fresh < 0)
        return;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (get(fresh, &times[i], &initial) && get(connection, &times[i], &has) && has.number != initial.number)
            real.setsockopt(connection, IPPROTO_TCP, times[i].name, &initial.number, sizeof initial.number);
    system_call(SYS_close, fresh);
}

/* All that has to be asked of the listener once. */
struct asked {
    bool local;
    int sizes, mark;
};

static enum inheritance find_inheritance(const struct profile *profile, const struct option *option,
                                         const struct asked *asked)
{
    enum inheritance how = accept_inheritance(profile, asked->local, option->group);
    if (how == INHERIT_EARLY)
        how = early_inheritance(asked->local, asked->mark & option->bit);
    if (how == INHERIT_COPY && option->group == OPTIONS_BUFFERS && !(asked->sizes & option->bit))
        how = INHERIT_LEAVE;
    return how;
}

void inherit_options(const struct profile *profile, int domain, int listener, int connection)
{
    struct asked asked = {.local = domain == AF_UNIX};
    if (accept_inheritance(profile, asked.local, OPTIONS_BUFFERS) == INHERIT_COPY)
        asked.sizes = facts_sizes_set(listener);
    if (accept_inheritance(profile, asked.local, OPTIONS_TIMEOUTS) == INHERIT_EARLY)
        asked.mark = facts_mark(listener);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        enum inheritance how = find_inheritance(profile, &options[i], &asked);
        if (how == INHERIT_LEAVE || !is_of(&options[i], domain))
            continue;
        if (how == INHERIT_COPY)
            copy_option(&options[i], listener, connection);
        else
            clear_option(&options[i], connection);
    }
    if (accept_inheritance(profile, asked.local, OPTIONS_KEEPALIVE) == INHERIT_CLEAR)
        clear_keepalive(domain, connection);
}

void inherit_owner(int listener, int connection)
{
    struct f_owner_ex owner = {0};
    if (fcntl(listener, F_GETOWN_EX, &owner) == 0 && owner.pid != 0)
        fcntl(connection, F_SETOWN_EX, &owner);
}
