/* Which of a listener's options its connection gets, by when they were set. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "probe.h"

enum shape { NUMBER, ATMOST, LINGER, TIME };
enum where { ALL, TCP, INET, INET6 };

#define SECONDS 5

static const struct option {
    const char *name;
    int level, option;
    enum where where;
    enum shape shape;
    int value;
} options[] = {
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, ALL, NUMBER, 1},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, ALL, NUMBER, 1},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, ALL, NUMBER, 1},
    {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE, ALL, NUMBER, 1},
    {"SO_BROADCAST", SOL_SOCKET, SO_BROADCAST, ALL, NUMBER, 1},
    {"SO_TIMESTAMP", SOL_SOCKET, SO_TIMESTAMP, ALL, NUMBER, 1},
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, ALL, LINGER, SECONDS},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, ALL, NUMBER, 20000},
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, ALL, NUMBER, 20000},
    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT, ALL, NUMBER, 3},
    {"SO_SNDLOWAT", SOL_SOCKET, SO_SNDLOWAT, ALL, NUMBER, 300},
    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, ALL, TIME, SECONDS},
    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, ALL, TIME, SECONDS},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, TCP, NUMBER, 1},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, TCP, NUMBER, 77},
    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, TCP, NUMBER, 77},
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, TCP, NUMBER, 7},
    {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG, TCP, ATMOST, 300},
    {"IP_TTL", IPPROTO_IP, IP_TTL, INET, NUMBER, 77},
    {"IP_TOS", IPPROTO_IP, IP_TOS, INET, NUMBER, 16},
    {"IPV6_UNICAST_HOPS", IPPROTO_IPV6, IPV6_UNICAST_HOPS, INET6, NUMBER, 77},
};

union value {
    int number;
    struct linger linger;
    struct timeval time;
};

static socklen_t size_of(const struct option *option)
{
    return option->shape == TIME     ? sizeof(struct timeval)
           : option->shape == LINGER ? sizeof(struct linger)
                                     : sizeof(int);
}

/* Zeros behind the option's own structure. */
static union value value_of(const struct option *option)
{
    union value value = {.time = {0}};
    if (option->shape == TIME)
        value.time.tv_sec = option->value;
    else if (option->shape == LINGER)
        value.linger = (struct linger){.l_onoff = 1, .l_linger = option->value};
    else
        value.number = option->value;
    return value;
}

static union value read_value(int fd, const struct option *option)
{
    union value value = {.time = {0}};
    socklen_t length = size_of(option);
    if (getsockopt(fd, option->level, option->option, &value, &length) != 0)
        give_up(option->name);
    return value;
}

static bool set(int fd, const struct option *option)
{
    const union value value = value_of(option);
    return setsockopt(fd, option->level, option->option, &value, size_of(option)) == 0;
}

/* What the listener reads back counts: one platform doubles a size, another gives an option's bit for "on". */
static const char *passed_on(int listener, int connection, const struct option *option)
{
    const union value wanted = read_value(listener, option), got = read_value(connection, option);
    const char *one = (const char *)&wanted, *other = (const char *)&got;
    bool same = option->shape == ATMOST ? got.number <= wanted.number : memcmp(one, other, size_of(option)) == 0;
    return same ? "yes" : "no";
}

static const char *inheritance(int domain, const struct option *option, enum moment moment)
{
    const char *word = NULL;
    int listener = make_bound(domain, SOCK_STREAM), client = -1, connection = -1;
    for (enum moment now = BEFORE_LISTEN; now < MOMENTS; now++) {
        if (now == moment && !set(listener, option))
            word = error_name(errno);
        if (now == BEFORE_LISTEN && listen(listener, 4) != 0)
            give_up("listen");
        if (now == AFTER_LISTEN)
            client = make_client(listener);
    }
    connection = must_accept(listener);
    if (!word)
        word = passed_on(listener, connection, option);
    close_hard(connection);
    close_hard(client);
    close_hard(listener);
    return word;
}

static bool is_of(const struct option *option, int domain)
{
    switch (option->where) {
    case ALL:
        return true;
    case TCP:
        return domain != AF_UNIX;
    case INET:
        return domain == AF_INET;
    default:
        return domain == AF_INET6;
    }
}

/* The numbers that stand for "on". */
static void ask_numbers(int domain)
{
    static const struct option on[] = {
        {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, ALL, NUMBER, 1},
        {"SO_LINGER", SOL_SOCKET, SO_LINGER, ALL, LINGER, SECONDS},
        {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, TCP, NUMBER, 1},
    };
    const struct option listening = {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN, ALL, NUMBER, 1};
    int listener = make_listener(domain, 4);
    question(stream_name(domain), "SO_ACCEPTCONN, and SO_KEEPALIVE, SO_LINGER, TCP_NODELAY that are on");
    answer_number(read_value(listener, &listening).number);
    for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
        if (!is_of(&on[i], domain))
            continue;
        if (!set(listener, &on[i]))
            give_up(on[i].name);
        answer_number(read_value(listener, &on[i]).number);
    }
    end_of_answers();
    close(listener);
}

void ask_options(int domain)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        if (!is_of(&options[i], domain))
            continue;
        question(stream_name(domain), options[i].name);
        for (enum moment moment = 0; moment < MOMENTS; moment++)
            answer(inheritance(domain, &options[i], moment));
        end_of_answers();
    }
    ask_numbers(domain);
}
