#include "probe.h"

/* Accept filters of FreeBSD and NetBSD, by their number; elsewhere the option does not exist, and says so */

#ifdef SO_ACCEPTFILTER
#define FILTER SO_ACCEPTFILTER
#else
#define FILTER 0x1000
#endif
#define FILTER_BACKLOG 5
/* A connection on loopback is acceptable at once or not at all. */
#define MOMENT_MS 200
#define LIMIT_MS 10000

struct filter_argument {
    char name[16], argument[240];
};

static int set_filter_of_size(int fd, const char *name, length_type size)
{
    struct filter_argument argument;
    memset(&argument, 0, sizeof argument);
    strcpy(argument.name, name);
    return setsockopt(fd, SOL_SOCKET, FILTER, (void *)&argument, size);
}

static int set_filter(int fd, const char *name)
{
    return set_filter_of_size(fd, name, sizeof(struct filter_argument));
}

static int remove_filter(int fd)
{
    return setsockopt(fd, SOL_SOCKET, FILTER, NULL, 0);
}

static int filtered(int domain, const char *name)
{
    int fd = listening(domain, FILTER_BACKLOG);
    return set_filter(fd, name) == 0 ? fd : -1;
}

static const char *set_one(int domain)
{
    return said(set_filter(listening(domain, FILTER_BACKLOG), "dataready"), "yes");
}

static void say(int client, const char *text, size_t length)
{
    must((int)send(client, text, length, 0), "send");
}

/* Held until there is data, and another until its end comes. */
static const char *holds(int domain)
{
    int fd = filtered(domain, "dataready"), client;
    if (fd < 0)
        return "no";
    client = client_of(fd);
    if (is_readable(fd, MOMENT_MS))
        return "no";
    say(client, "x", 1);
    if (!is_readable(fd, LIMIT_MS))
        return "other: data does not let the connection go";
    accepted(fd);
    shutdown(client_of(fd), SHUT_WR);
    return is_readable(fd, LIMIT_MS) ? "yes" : "other: its end does not let the connection go";
}

/* Whether the filter still holds a connection that has sent the beginning of what the filter waits for. */
static const char *holds_part(int domain, const char *name, const char *part, size_t length)
{
    int fd = filtered(domain, name);
    if (fd < 0)
        return "no";
    say(client_of(fd), part, length);
    return yes_no(!is_readable(fd, MOMENT_MS));
}

static const char *holds_head(int domain)
{
    static const char head[] = "GET / HTTP/1.0\r\n";
    return holds_part(domain, "httpready", head, sizeof head - 1);
}

static const char *holds_message(int domain)
{
    return holds_part(domain, "dnsready", "\0\14", 3);
}

static const char *set_dnsready(int domain)
{
    return said(set_filter(listening(domain, FILTER_BACKLOG), "dnsready"), "ok");
}

static const char *set_unknown(int domain)
{
    return said(set_filter(listening(domain, FILTER_BACKLOG), "nosuchfilter"), "ok");
}

static const char *set_short(int domain)
{
    return said(set_filter_of_size(listening(domain, FILTER_BACKLOG), "dataready", 255), "ok");
}

static const char *set_unlistening(int domain)
{
    return said(set_filter(bound(domain), "dataready"), "ok");
}

static const char *set_twice(int domain)
{
    int fd = listening(domain, FILTER_BACKLOG);
    set_filter(fd, "dataready");
    return said(set_filter(fd, "httpready"), "ok");
}

static const char *set_unknown_misplaced(int domain)
{
    return said(set_filter(bound(domain), "nosuchfilter"), "ok");
}

static const char *get_answer(int fd)
{
    struct filter_argument argument;
    length_type length = sizeof argument;
    memset(&argument, 'x', sizeof argument);
    if (getsockopt(fd, SOL_SOCKET, FILTER, (void *)&argument, &length) != 0)
        return name_of_error(errno);
    return argument.name[0] == '\0' ? "ok" : "other: it has a name";
}

static const char *get_none(int domain)
{
    return get_answer(listening(domain, FILTER_BACKLOG));
}

static const char *get_unlistening(int domain)
{
    return get_answer(bound(domain));
}

static const char *remove_one(int domain)
{
    int fd = listening(domain, FILTER_BACKLOG);
    set_filter(fd, "dataready");
    return said(remove_filter(fd), "ok");
}

/* Whether a connection that the filter holds can be accepted as soon as there is no filter. */
static const char *removal_releases(int domain)
{
    int fd = filtered(domain, "dataready");
    if (fd < 0)
        return "no";
    client_of(fd);
    return yes_no(!is_readable(fd, 0) && remove_filter(fd) == 0 && is_readable(fd, 0));
}

/* Clients that say nothing, more than any filter holds of this backlog; -1 for those that did not get in. */
#define SILENT 12

static int silent[SILENT];

static int was_cut(int client)
{
    char byte;
    return recv(client, &byte, 1, MSG_PEEK) == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

/* Gives the platform time to part with the one that has waited longest, of the first `count`; returns whether it does.
 */
static int let_one_go(int count)
{
    int oldest = 0;
    while (oldest < count && was_cut(silent[oldest]))
        oldest++;
    return oldest < count && is_readable(silent[oldest], PATIENCE_MS);
}

/* They come one after the other. Returns the listener. */
static int invite_silent(int domain)
{
    int i, fd = must(filtered(domain, "dataready"), "a filter");
    struct address address = name_of(fd);
    for (i = 0; i < SILENT; i++) {
        silent[i] = stream(domain);
        unblock(silent[i]);
        if (connect_to(silent[i], address) != 0 && progress(silent[i], PATIENCE_MS) != 0)
            break;
        if (i == 0 && is_readable(fd, 0))
            cannot("no filter holds a connection");
        if (i >= BACKLOG)
            let_one_go(i + 1);
    }
    while (i < SILENT)
        silent[i++] = -1;
    while (let_one_go(SILENT))
        continue;
    return fd;
}

static const char *overflow_of_held(int domain)
{
    int fd = invite_silent(domain);
    if (was_cut(silent[0]))
        return "reset";
    return nobody_waits(fd) ? "keep" : "deliver";
}

/* A platform may keep one place free. */
static const char *capacity_of_held(int domain)
{
    int i, fd = invite_silent(domain), held = 0, plain;
    for (i = 0; i < SILENT; i++)
        held += silent[i] >= 0 && !was_cut(silent[i]);
    unblock(fd);
    while (accept(fd, NULL, NULL) >= 0)
        held--;
    plain = crowd_at(listening(domain, FILTER_BACKLOG), 1000).count;
    if (held == plain || held == plain - 1)
        return "same";
    return held == FILTER_BACKLOG + 1 ? "backlog" : "shared";
}

const struct experiment filter_experiments[] = {
    {"filter.option", TCP, set_one, 0},
    {"filter.hold", TCP, holds, 0},
    {"filter.unix", LOCAL, holds, 0},
    {"filter.httpready_head", TCP, holds_head, 0},
    {"filter.dnsready", ALL, set_dnsready, 0},
    {"filter.dnsready_message", TCP, holds_message, 0},
    {"filter.unknown", ALL, set_unknown, 0},
    {"filter.unknown_misplaced", ALL, set_unknown_misplaced, 0},
    {"filter.unlistening", ALL, set_unlistening, 0},
    {"filter.installed", ALL, set_twice, 0},
    {"filter.short_argument", ALL, set_short, 0},
    {"filter.get_none", ALL, get_none, 0},
    {"filter.get_unlistening", ALL, get_unlistening, 0},
    {"filter.remove", ALL, remove_one, 0},
    {"filter.remove_releases", TCP, removal_releases, 0},
    {"filter.overflow", TCP, overflow_of_held, 0},
    {"filter.capacity", TCP, capacity_of_held, 0},
    {NULL, 0, NULL, 0},
};
