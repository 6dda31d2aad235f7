/*
 * Clients that come one at a time, to a queue that refuses or resets when it is full.
 */
#ifndef LISTENAS_TESTS_CLIENT_H
#define LISTENAS_TESTS_CLIENT_H

#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>

#include "storm.h"

/*
 * How long an answer may take that shall come: a SYN that was dropped is sent again after a second, and again, and on a
 * machine that is busy more than one of them may meet a refuser that has no processor just then. And how long an answer
 * is waited for that need not come.
 */
#define SURE_MS 30000
#define SHORT_MS 20

#define QUEUE_LONGEST 8192

/* What a client meets at a full queue: ECONNREFUSED, or ECONNRESET once it is connected. */
static int surplus_error = ECONNREFUSED;

/* The family that clients come by. */
static int client_domain = AF_INET;

static inline int error_of(int fd)
{
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

/*
 * 0, or the error of a connection that is reset within that time. The error may be missing where SO_ERROR was asked
 * just then, but only a connection that was reset is at its end in both directions (POLLHUP) while this end is open.
 */
static inline int await_reset(int fd, int limit_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char byte;
    if (poll(&wait, 1, limit_ms) == 0)
        return 0;
    ssize_t length = read(fd, &byte, 1);
    return length < 0 ? errno : length == 0 && (wait.revents & POLLHUP) ? ECONNRESET : 0;
}

/* How many SYNs arrive has had to send again: a full queue has dropped so many more than there were clients. */
static int syns_again;

/* How many segments a socket has sent more than once: a client's that is connected, or was refused, SYNs. */
static inline int sent_again(int fd)
{
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length);
    return (int)info.tcpi_total_retrans;
}

/* Comes and waits for the answer to its SYN only: a descriptor, or a negative errno as connect_within has it. */
static inline int arrive(int port, int limit_ms)
{
    int fd = start_client_of(client_domain, port), error;
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    if (poll(&wait, 1, limit_ms) == 0)
        error = EINPROGRESS;
    else
        error = error_of(fd);
    syns_again += sent_again(fd);
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}

/*
 * A client: its descriptor, -ECONNREFUSED, -ECONNRESET, or -EINPROGRESS if its SYN was dropped. The handshake takes
 * place within the call on loopback, or soon after on a machine that is busy.
 */
static inline int connect_within(int port, int limit_ms)
{
    int fd = arrive(port, limit_ms);
    int error = fd >= 0 && surplus_error == ECONNRESET ? await_reset(fd, limit_ms) : 0;
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}

/* A client whom nobody is expected to answer: -EINPROGRESS then. */
static inline int connect_once(int port)
{
    return connect_within(port, SHORT_MS);
}

/* A client that is queued or turned away for sure, if late: a reset follows at once where it is connected first. */
static inline int come(int port)
{
    int client = arrive(port, SURE_MS);
    int error = client >= 0 && surplus_error == ECONNRESET ? await_reset(client, SHORT_MS) : 0;
    if (error == 0)
        return client;
    close(client);
    return -error;
}

/* What a client meets where the queue is full for sure. */
static inline int connect_surplus(int port)
{
    int met = connect_within(port, SURE_MS);
    if (met >= 0)
        close(met);
    return met;
}

/* Whether one of them was reset, after it was connected. */
static inline bool has_reset(const int *clients, int count)
{
    for (int i = 0; surplus_error == ECONNRESET && i < count; i++)
        if (await_reset(clients[i], 0) != 0)
            return true;
    return false;
}

/* So many more may come before the first that is reset knows of it. */
#define UNAWARE 16

/*
 * Clients that come until one is turned away, and those of them that were only connected to be reset. None is given up
 * while its SYN is under way: the kernel might take it yet, and a connection whose client is gone keeps its place.
 */
static inline int crowd(int port, int *clients)
{
    int come = 0, client = 0;
    while (client >= 0 && come < QUEUE_LONGEST) {
        client = arrive(port, SURE_MS);
        if (client >= 0)
            clients[come++] = client;
        int first = come > UNAWARE ? come - UNAWARE : 0;
        if (has_reset(clients + first, come - first))
            client = connect_surplus(port);
    }
    return come;
}

/*
 * Clients that come until one is turned away; those that were not are left in the queue, in `clients` if that is
 * not NULL. Returns how many. Those that were connected and reset are known when the last one is.
 */
static inline int fill_with(int port, int *clients)
{
    int all[QUEUE_LONGEST], come = crowd(port, all), queued = 0;
    for (int i = 0; i < come; i++) {
        if (surplus_error == ECONNRESET && await_reset(all[i], 0) != 0) {
            close(all[i]);
            continue;
        }
        if (clients)
            clients[queued] = all[i];
        queued++;
    }
    return queued;
}

static inline int fill(int port)
{
    return fill_with(port, NULL);
}

/*
 * The very next client where there is room: it gets in with its first SYN, however long that takes. A descriptor, or a
 * negative errno: -ETIME if the kernel dropped its SYN.
 */
static inline int enter(int port)
{
    int client = arrive(port, SURE_MS);
    int error = client < 0 ? -client : sent_again(client) ? ETIME : 0;
    if (!error && surplus_error == ECONNRESET)
        error = await_reset(client, SHORT_MS);
    if (error == 0 || client < 0)
        return client;
    close(client);
    return -error;
}

/* Whether the port can be had now, by a program without the library. */
static inline bool is_free(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    const int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bool bound = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return bound;
}

#endif
