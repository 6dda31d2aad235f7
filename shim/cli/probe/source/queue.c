#include "probe.h"

/* How many connections a queue holds, and who gets in, while nobody accepts */

static const char *capacity(int domain)
{
    static char text[40];
    int fd = bound(domain);
    struct crowd crowd;
    if (listen(fd, chosen) != 0)
        return name_of_error(errno);
    crowd = crowd_at(fd, CROWD);
    sprintf(text, "%d%s", crowd.count, crowd.outcome == 0 ? "+" : "");
    return text;
}

/* A client that comes when the queue was filling may be dropped by any platform: one that comes later tells. */
static const char *overflow(int domain)
{
    int fd = listening(domain, 1);
    struct crowd crowd = crowd_at(fd, 1000);
    if (crowd.outcome == 0)
        return cannot("the queue does not fill");
    if (crowd.outcome == EINPROGRESS)
        crowd = crowd_at(fd, 1000);
    if (domain == AF_UNIX && (crowd.outcome == EAGAIN || crowd.outcome == EWOULDBLOCK))
        return "block";
    switch (crowd.outcome) {
    case EINPROGRESS:
        return "drop";
    case ECONNREFUSED:
        return "refuse";
    case ECONNRESET:
        return "reset";
    default:
        return agree(name_of_error(crowd.outcome), "at a full queue");
    }
}

/* With backlogs below the limit of any platform, and with one above the least of any. */
static const char *relisten(int domain)
{
    static const int backlogs[] = {4, 100};
    int i, fd = listening(domain, 1);
    if (crowd_at(fd, 1000).outcome == 0)
        return cannot("the queue does not fill");
    for (i = 0; i < 2; i++) {
        if (listen(fd, backlogs[i]) != 0)
            return name_of_error(errno);
        if (crowd_at(fd, 3).count > 0)
            return "update";
    }
    return "ignore";
}

/* Those that had queued for a longer backlog, when the backlog is short again: are all still served? */
static const char *excess(int domain)
{
    int fd = listening(domain, 100), count, served = 0;
    struct crowd crowd = crowd_at(fd, 1000);
    count = crowd.count;
    if (crowd.outcome == 0 || count < 2)
        return cannot("the queue does not fill");
    must(listen(fd, 1), "listen again");
    unblock(fd);
    is_readable(crowd.late, PATIENCE_MS / 5);
    while (accept(fd, NULL, NULL) >= 0)
        served++;
    return served >= count ? "keep" : "reset";
}

/* Each client says who it is, so that no platform needs to tell them by their addresses. */
static const char *order(int domain)
{
    int fd = listening(domain, 4), first = client_of(fd), second = client_of(fd);
    char byte = 0;
    must((int)send(first, "1", 1, 0), "send");
    must((int)send(second, "2", 1, 0), "send");
    must((int)recv(accepted(fd), &byte, 1, 0), "recv");
    return byte == '1' ? "fifo" : "lifo";
}

/* What a queued client reads when its listener is closed. */
static const char *listener_closed(int domain)
{
    int fd = listening(domain, 4), client = client_of(fd);
    char byte;
    close(fd);
    unblock(client);
    is_readable(client, PATIENCE_MS);
    return recv(client, &byte, 1, 0) == 0 ? "end" : errno == ECONNRESET ? "reset" : said(-1, "");
}

#define QUEUE(name, backlog)                                                                                           \
    {                                                                                                                  \
        "queue." name, FOUR | LOCAL, capacity, backlog                                                                 \
    }

const struct experiment queue_experiments[] = {
    QUEUE("-1", -1),
    QUEUE("-300", -300),
    QUEUE("0", 0),
    QUEUE("1", 1),
    QUEUE("2", 2),
    QUEUE("3", 3),
    QUEUE("4", 4),
    QUEUE("5", 5),
    QUEUE("6", 6),
    QUEUE("7", 7),
    QUEUE("8", 8),
    QUEUE("10", 10),
    QUEUE("15", 15),
    QUEUE("16", 16),
    QUEUE("33", 33),
    QUEUE("64", 64),
    QUEUE("81", 81),
    QUEUE("100", 100),
    QUEUE("128", 128),
    QUEUE("129", 129),
    QUEUE("200", 200),
    QUEUE("500", 500),
    QUEUE("1000", 1000),
    QUEUE("2147483647", 2147483647),
    {"listen.overflow_tcp", FOUR, overflow, 0},
    {"listen.overflow_unix", LOCAL, overflow, 0},
    {"listen.relisten_tcp", FOUR, relisten, 0},
    {"listen.relisten_unix", LOCAL, relisten, 0},
    {"listen.relisten_excess", FOUR, excess, 0},
    {"listen.queue_order", ALL, order, 0},
    {"listen.closed_unix", LOCAL, listener_closed, 0},
    {NULL, 0, NULL, 0},
};
