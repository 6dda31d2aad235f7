#include "serve.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../cli.h"
#include "../clock.h"
#include "endpoint.h"
#include "http.h"

#define MS_MOST ((uint64_t)SERVE_SECONDS * 1000)
/* How long a page is served before it is made again. */
#define PAGE_MS 1000u
/* How long input is thrown away after an answer: to close at once would send a RST, and the answer could be lost. */
#define LINGER_MS 500u

/* An answer with its head; shared by the clients that are sent it. */
struct answer {
    char *text;
    size_t head, size;
    unsigned int users;
    uint64_t made_ms;
};

struct client {
    int fd; /* -1: a free place */
    uint64_t came_ms, until_ms;
    char request[HTTP_REQUEST_MOST];
    size_t got;
    bool has_ended;        /* it sends no more */
    struct answer *shared; /* NULL, or what `text` is part of */
    const char *text;      /* of the answer; NULL while the request has no end */
    size_t size, sent;
};

struct server {
    struct endpoint endpoint;
    struct client clients[SERVE_CLIENTS];
    struct answer *page; /* the last one that was made */
    serve_page make;
    void *context;
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
    (void)signal;
    ended = 1;
}

static uint64_t now_ms(void)
{
    return clock_ns(CLOCK_MONOTONIC) / CLOCK_MILLISECOND;
}

/* --- answers --- */

static void release(struct answer *answer)
{
    if (!answer || --answer->users > 0)
        return;
    free(answer->text);
    free(answer);
}

static struct answer *make_answer(const struct server *server)
{
    size_t size, all;
    struct answer *answer = calloc(1, sizeof *answer);
    char *page = answer ? server->make(&size, server->context) : NULL;
    FILE *file = page ? open_memstream(&answer->text, &all) : NULL;
    bool is_whole = file != NULL;
    if (file) {
        fprintf(file,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: %zu\r\n"
                "Cache-Control: no-store\r\nConnection: close\r\n\r\n",
                size);
        answer->head = (size_t)ftell(file);
        fwrite(page, 1, size, file);
        is_whole = fclose(file) == 0;
        answer->size = all;
    }
    free(page);
    if (is_whole)
        return answer;
    if (answer)
        free(answer->text);
    free(answer);
    return NULL;
}

/* The last page, or a new one if that is too old; NULL if there is no memory for one. */
static struct answer *page_of(struct server *server)
{
    uint64_t now = now_ms();
    if (server->page && now - server->page->made_ms < PAGE_MS)
        return server->page;
    struct answer *fresh = make_answer(server);
    if (!fresh)
        return NULL;
    release(server->page);
    fresh->users = 1;
    fresh->made_ms = now_ms(); /* to make it can take longer than it is good for */
    server->page = fresh;
    return fresh;
}

/* --- clients --- */

static void drop(struct client *client)
{
    close(client->fd);
    release(client->shared);
    client->fd = -1;
    client->shared = NULL;
}

static void take_answer(struct server *server, struct client *client, enum http_answer answer)
{
    static const char no_memory[] = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n";
    client->text = http_refusal(answer);
    if (!client->text) {
        struct answer *page = page_of(server);
        client->shared = page;
        client->text = page ? page->text : no_memory;
        client->size = !page ? sizeof no_memory - 1 : answer == HTTP_PAGE ? page->size : page->head;
        if (page)
            page->users++;
    } else {
        client->size = strlen(client->text);
    }
}

static bool is_sent(const struct client *client)
{
    return client->text && client->sent == client->size;
}

/* What comes after the request is thrown away. */
static bool receive(struct server *server, struct client *client)
{
    char waste[4096];
    bool is_asking = !client->text;
    ssize_t length = is_asking
                         ? recv(client->fd, client->request + client->got, sizeof client->request - client->got, 0)
                         : recv(client->fd, waste, sizeof waste, 0);
    if (length < 0)
        return errno == EAGAIN || errno == EINTR;
    client->has_ended = length == 0;
    if (client->has_ended) /* but it may wait for its answer */
        return client->text && !is_sent(client);
    if (!is_asking)
        return true;
    client->got += (size_t)length;
    enum http_answer answer = http_judge(client->request, client->got, !server->endpoint.is_path);
    if (answer != HTTP_MORE)
        take_answer(server, client, answer);
    return true;
}

static bool send_more(struct client *client)
{
    ssize_t length = send(client->fd, client->text + client->sent, client->size - client->sent, MSG_NOSIGNAL);
    if (length < 0)
        return errno == EAGAIN || errno == EINTR;
    client->sent += (size_t)length;
    if (!is_sent(client))
        return true;
    uint64_t linger = now_ms() + LINGER_MS;
    client->until_ms = linger < client->until_ms ? linger : client->until_ms;
    return shutdown(client->fd, SHUT_WR) == 0;
}

static void attend(struct server *server, struct client *client, short events)
{
    bool stays = true;
    if (!client->has_ended && events & (POLLIN | POLLHUP | POLLERR))
        stays = receive(server, client);
    if (stays && client->text && !is_sent(client))
        stays = send_more(client);
    if (!stays)
        drop(client);
}

/* A free place, or that of the client that came first. */
static struct client *find_place(struct server *server)
{
    struct client *oldest = server->clients;
    for (struct client *client = server->clients; client < server->clients + SERVE_CLIENTS; client++) {
        if (client->fd < 0)
            return client;
        if (client->came_ms < oldest->came_ms)
            oldest = client;
    }
    drop(oldest);
    return oldest;
}

/* A client that waits to be accepted would wake the loop again at once. */
static void wait_for_descriptors(int error)
{
    const struct timespec moment = {.tv_nsec = 100000000};
    if (error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS)
        nanosleep(&moment, NULL);
}

static void accept_client(struct server *server)
{
    int fd = accept4(server->endpoint.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        wait_for_descriptors(errno);
        return;
    }
    struct client *client = find_place(server);
    uint64_t now = now_ms();
    client->fd = fd;
    client->came_ms = now;
    client->until_ms = now + MS_MOST;
    client->got = client->size = client->sent = 0;
    client->has_ended = false;
    client->shared = NULL;
    client->text = NULL;
}

/* --- the loop --- */

/* Milliseconds until the next client's time is over; -1 if there is none. Drops those whose time is. */
static int wait_time(struct server *server)
{
    uint64_t now = now_ms(), next = UINT64_MAX;
    for (struct client *client = server->clients; client < server->clients + SERVE_CLIENTS; client++) {
        if (client->fd >= 0 && client->until_ms <= now)
            drop(client);
        else if (client->fd >= 0 && client->until_ms < next)
            next = client->until_ms;
    }
    return next == UINT64_MAX ? -1 : (int)(next - now);
}

static short wishes_of(const struct client *client)
{
    return (short)((client->has_ended ? 0 : POLLIN) | (client->text && !is_sent(client) ? POLLOUT : 0));
}

/* Returns false when it is to end. */
static bool turn(struct server *server, const sigset_t *while_waiting)
{
    struct pollfd polled[SERVE_CLIENTS + 1] = {{.fd = server->endpoint.fd, .events = POLLIN}};
    int ms = wait_time(server);
    const struct timespec most = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    for (int i = 0; i < SERVE_CLIENTS; i++)
        polled[i + 1] = (struct pollfd){.fd = server->clients[i].fd, .events = wishes_of(&server->clients[i])};
    int count = ended ? 0 : ppoll(polled, SERVE_CLIENTS + 1, ms < 0 ? NULL : &most, while_waiting);
    for (int i = 0; i < SERVE_CLIENTS && count > 0; i++)
        if (server->clients[i].fd >= 0 && polled[i + 1].revents)
            attend(server, &server->clients[i], polled[i + 1].revents);
    if (count > 0 && polled[0].revents)
        accept_client(server);
    return !ended;
}

/* Signals come only while it waits. */
static void take_signals(sigset_t *while_waiting)
{
    const struct sigaction ending = {.sa_handler = end};
    sigset_t both;
    sigemptyset(&both);
    sigaddset(&both, SIGINT);
    sigaddset(&both, SIGTERM);
    sigprocmask(SIG_BLOCK, &both, while_waiting);
    sigdelset(while_waiting, SIGINT);
    sigdelset(while_waiting, SIGTERM);
    sigaction(SIGINT, &ending, NULL);
    sigaction(SIGTERM, &ending, NULL);
}

int serve(const char *address, serve_page make, void *context)
{
    sigset_t while_waiting;
    struct server *server = calloc(1, sizeof *server);
    if (!server) {
        say("out of memory");
        return STATUS_OWN;
    }
    server->make = make;
    server->context = context;
    for (int i = 0; i < SERVE_CLIENTS; i++)
        server->clients[i].fd = -1;
    take_signals(&while_waiting);
    int status = endpoint_open(&server->endpoint, address);
    while (status == 0 && turn(server, &while_waiting))
        continue;
    for (int i = 0; i < SERVE_CLIENTS; i++)
        if (server->clients[i].fd >= 0)
            drop(&server->clients[i]);
    if (status == 0)
        endpoint_close(&server->endpoint);
    release(server->page);
    free(server);
    return status;
}
