/*
 * Clients that come one at a time, to a queue that refuses or resets when it is full.
 */
#ifndef LISTENAS_TESTS_CLIENT_H
#define LISTENAS_TESTS_CLIENT_H

#include <sched.h>
#include <stdbool.h>

#include "storm.h"

/*
 * How long an answer may take that shall come, to a SYN that was dropped and is sent again after a second too; and how
 * long one is waited for that need not come.
 */
#define SURE_MS 3000
#define SHORT_MS 20
/* How long room may take to show. */
#define ROOM_MS 1000
/* What is promised: a port is free within this. */
#define FREE_MS 1000

#define QUEUE_LONGEST 512

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

/* 0, or the error of a connection that is reset within that time. */
static inline int await_reset(int fd, int limit_ms)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    char byte;
    if (poll(&wait, 1, limit_ms) == 0 || read(fd, &byte, 1) > 0)
        return 0;
    return errno;
}

/*
 * A client: its descriptor, -ECONNREFUSED, -ECONNRESET, or -EINPROGRESS if its SYN was dropped. The handshake takes
 * place within the call on loopback, or soon after on a machine that is busy.
 */
static inline int connect_within(int port, int limit_ms)
{
    int fd = start_client_of(client_domain, port), error;
    struct pollfd wait = {.fd = fd, .events = POLLOUT};
    if (poll(&wait, 1, limit_ms) == 0)
        error = EINPROGRESS;
    else
        error = error_of(fd);
    if (error == 0 && surplus_error == ECONNRESET)
        error = await_reset(fd, limit_ms);
    if (error == 0)
        return fd;
    close(fd);
    return -error;
}

static inline int connect_once(int port)
{
    return connect_within(port, SHORT_MS);
}

/* What a client meets where the queue is full for sure. */
static inline int connect_surplus(int port)
{
    int met = connect_within(port, SURE_MS);
    if (met >= 0)
        close(met);
    return met;
}

/*
 * Clients that come until one is turned away; those that were not are left in the queue, in `clients` if that is
 * not NULL. Returns how many. One that was connected before that one may be reset as late as that one was, so only
 * then is it known who is queued.
 */
static inline int fill_with(int port, int *clients)
{
    int all[QUEUE_LONGEST], come = 0, queued = 0, client;
    while ((client = connect_once(port)) != -surplus_error && come < QUEUE_LONGEST)
        if (client >= 0)
            all[come++] = client;
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

/* Waits until a client gets in again; -1 if none does within a second. */
static inline int enter(int port)
{
    int64_t until = storm_now_ms() + ROOM_MS;
    int client;
    while ((client = connect_once(port)) < 0 && storm_now_ms() < until)
        sched_yield();
    return client;
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

/* Likewise within the time that is promised. */
static inline bool becomes_free(int port)
{
    int64_t until = storm_now_ms() + FREE_MS;
    while (!is_free(port)) {
        if (storm_now_ms() > until)
            return false;
        sched_yield();
    }
    return true;
}

#endif
