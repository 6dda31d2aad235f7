/*
 * Clients that come by the thousand, and what became of each.
 */
#ifndef LISTENAS_TESTS_STORM_H
#define LISTENAS_TESTS_STORM_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct storm {
    int served;         /* got the server's byte and its end of file */
    int refused;        /* ECONNREFUSED */
    int reset;          /* reset, most of them after they were connected */
    int dropped;        /* no answer to its SYN until the end */
    int lost;           /* connected, and then nothing until the end */
    int late;           /* of all but the dropped: those whose first SYN was dropped, and one sent again was answered */
    int64_t longest_ms; /* from the connect of any but the dropped to its answer */
};

/* When a SYN that had no answer is sent again for the first time, with room for a clock that is coarse. */
#define STORM_LATE_MS 900

#define STORM_WIDEST 256

enum client_state { CLIENT_NONE, CLIENT_CONNECTS, CLIENT_WAITS, CLIENT_READ };

struct client {
    int fd;
    enum client_state state;
    int64_t born_ms;
};

static inline int64_t storm_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Where clients go to, in the text of their family; NULL for loopback. */
static const char *client_host;

static inline socklen_t client_address(struct sockaddr_storage *address, int domain, int port)
{
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    const char *host = client_host ? client_host : domain == AF_INET ? "127.0.0.1" : "::1";
    *address = (struct sockaddr_storage){.ss_family = (sa_family_t)domain};
    four->sin_port = htons((uint16_t)port); /* at the same place in both */
    if (inet_pton(domain, host, domain == AF_INET ? (void *)&four->sin_addr : (void *)&six->sin6_addr) != 1) {
        perror(host);
        exit(1);
    }
    return domain == AF_INET ? sizeof *four : sizeof *six;
}

static inline int start_client_of(int domain, int port)
{
    struct sockaddr_storage address;
    socklen_t length = client_address(&address, domain, port);
    int fd = socket(domain, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int result = connect(fd, (const struct sockaddr *)&address, length);
    if (result != 0 && errno != EINPROGRESS && errno != ECONNREFUSED && errno != ECONNRESET) {
        perror("client");
        exit(1);
    }
    return fd;
}

static inline int start_client(int port)
{
    return start_client_of(AF_INET, port);
}

/* Counts the client and lets it go. */
static inline void end_client(struct client *client, int *count)
{
    (*count)++;
    close(client->fd);
    *client = (struct client){.fd = -1};
}

static inline void read_client(struct client *client, struct storm *storm)
{
    char byte;
    ssize_t length = read(client->fd, &byte, 1);
    if (length == 1)
        client->state = CLIENT_READ;
    else if (length == 0 && client->state == CLIENT_READ)
        end_client(client, &storm->served);
    else if (length == 0 || errno != EAGAIN)
        end_client(client, &storm->reset);
}

static inline void attend(struct client *client, struct storm *storm)
{
    int error = 0;
    socklen_t length = sizeof error;
    if (client->state != CLIENT_CONNECTS) {
        read_client(client, storm);
        return;
    }
    getsockopt(client->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    int64_t waited_ms = storm_now_ms() - client->born_ms;
    storm->late += waited_ms >= STORM_LATE_MS;
    storm->longest_ms = waited_ms > storm->longest_ms ? waited_ms : storm->longest_ms;
    if (error == ECONNREFUSED)
        end_client(client, &storm->refused);
    else if (error)
        end_client(client, &storm->reset);
    else
        client->state = CLIENT_WAITS;
}

/* Lets `count` clients come to the port, `width` at a time, and waits for each until `limit_ms` are over.
 */
static inline struct storm storm_run(int port, int count, int width, int64_t limit_ms)
{
    struct storm storm = {0};
    struct client clients[STORM_WIDEST];
    struct pollfd waits[STORM_WIDEST];
    int64_t until = storm_now_ms() + limit_ms;
    int come = 0, here;
    for (int i = 0; i < width; i++)
        clients[i] = (struct client){.fd = -1};
    do {
        here = 0;
        for (int i = 0; i < width; i++) {
            struct client *client = &clients[i];
            if (client->fd < 0 && come < count) {
                *client =
                    (struct client){.fd = start_client(port), .state = CLIENT_CONNECTS, .born_ms = storm_now_ms()};
                come++;
            }
            waits[i] = (struct pollfd){.fd = client->fd, .events = client->state == CLIENT_CONNECTS ? POLLOUT : POLLIN};
            here += client->fd >= 0;
        }
        if (here && poll(waits, (nfds_t)width, 20) > 0)
            for (int i = 0; i < width; i++)
                if (clients[i].fd >= 0 && waits[i].revents)
                    attend(&clients[i], &storm);
    } while (here && storm_now_ms() < until);
    for (int i = 0; i < width; i++)
        if (clients[i].fd >= 0)
            end_client(&clients[i], clients[i].state == CLIENT_CONNECTS ? &storm.dropped : &storm.lost);
    return storm;
}

#endif
