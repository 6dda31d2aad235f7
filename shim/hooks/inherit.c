#include "inherit.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>

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

static const struct {
    enum option_group group;
    int level, name;
    int clear; /* the number that means "not set" */
} options[] = {
    {OPTIONS_BASIC, SOL_SOCKET, SO_KEEPALIVE, 0},   {OPTIONS_BASIC, SOL_SOCKET, SO_DONTROUTE, 0},
    {OPTIONS_BASIC, SOL_SOCKET, SO_OOBINLINE, 0},   {OPTIONS_BASIC, SOL_SOCKET, SO_LINGER, 0},
    {OPTIONS_OTHER, SOL_SOCKET, SO_REUSEADDR, 0},   {OPTIONS_OTHER, SOL_SOCKET, SO_BROADCAST, 0},
    {OPTIONS_OTHER, SOL_SOCKET, SO_TIMESTAMP, 0},   {OPTIONS_OTHER, SOL_SOCKET, SO_DEBUG, 0},
    {OPTIONS_BUFFERS, SOL_SOCKET, SO_SNDBUF, 0},    {OPTIONS_BUFFERS, SOL_SOCKET, SO_RCVBUF, 0},
    {OPTIONS_TIMEOUTS, SOL_SOCKET, SO_SNDTIMEO, 0}, {OPTIONS_TIMEOUTS, SOL_SOCKET, SO_RCVTIMEO, 0},
    {OPTIONS_LOWAT, SOL_SOCKET, SO_RCVLOWAT, 1},    {OPTIONS_NODELAY, IPPROTO_TCP, TCP_NODELAY, 0},
};

static bool get(int fd, size_t i, struct option_value *value)
{
    memset(value, 0, sizeof *value);
    value->length = sizeof value->time;
    return getsockopt(fd, options[i].level, options[i].name, &value->time, &value->length) == 0;
}

static bool equal(const struct option_value *a, const struct option_value *b)
{
    return a->length == b->length && memcmp(&a->time, &b->time, a->length) == 0;
}

/* Sets one option of the connection, if it has another value than it should. */
static void inherit_option(size_t i, enum inheritance how, int listener, int connection)
{
    struct option_value wanted, present;
    if (!get(connection, i, &present))
        return;
    if (how == INHERIT_CLEAR) {
        memset(&wanted, 0, sizeof wanted);
        wanted.number = options[i].clear;
        wanted.length = present.length;
    } else if (!get(listener, i, &wanted)) {
        return;
    }
    if (equal(&wanted, &present))
        return;
    if (options[i].group == OPTIONS_BUFFERS)
        wanted.number /= 2; /* the kernel doubles what it is given, and reports the double */
    setsockopt(connection, options[i].level, options[i].name, &wanted.time, wanted.length);
}

void inherit_options(const struct profile *profile, int listener, int connection)
{
    bool local = facts_domain(listener) == AF_UNIX;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        enum inheritance how = accept_inheritance(profile, local, options[i].group);
        if (how != INHERIT_LEAVE)
            inherit_option(i, how, listener, connection);
    }
}

void inherit_owner(int listener, int connection)
{
    struct f_owner_ex owner = {0};
    if (fcntl(listener, F_GETOWN_EX, &owner) == 0 && owner.pid != 0)
        fcntl(connection, F_SETOWN_EX, &owner);
}
