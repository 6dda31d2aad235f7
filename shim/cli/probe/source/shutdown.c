#include "probe.h"

/* shutdown of what is no connection, and what the socket is good for afterwards */

static const char *shut_unconnected(int domain)
{
    return said(shutdown(bound(domain), SHUT_RDWR), "ok");
}

static const char *shut_unconnected_datagram(int domain)
{
    return said(shutdown(bound_datagram(domain), SHUT_RDWR), "ok");
}

static const char *shut_refused(int domain)
{
    return said(shutdown(refused(domain), SHUT_WR), "ok");
}

static const char *shut_a_listener(int domain)
{
    return said(shutdown(listening(domain, BACKLOG), SHUT_RDWR), "ok");
}

static int shut_listener(int domain)
{
    int fd = listening(domain, BACKLOG);
    unblock(fd);
    shutdown(fd, SHUT_RDWR);
    return fd;
}

/* An error may come once, and another one stays. */
static const char *accept_after(int domain)
{
    int fd = shut_listener(domain);
    const char *first = said(accept(fd, NULL, NULL), "ok");
    return is_same(said(accept(fd, NULL, NULL), "ok"), "EAGAIN") ? "keep" : first;
}

static const char *accept_once(int domain)
{
    int fd = shut_listener(domain);
    const char *first = said(accept(fd, NULL, NULL), "ok");
    int goes_on = is_same(said(accept(fd, NULL, NULL), "ok"), "EAGAIN");
    return goes_on && !is_same(first, "EAGAIN") ? first : "none";
}

static const char *listens_after(int domain)
{
#ifdef SO_ACCEPTCONN
    return yes_no(option(shut_listener(domain), SOL_SOCKET, SO_ACCEPTCONN) != 0);
#else
    (void)domain;
    return cannot("no SO_ACCEPTCONN");
#endif
}

/* A client is queued when the listener is shut for receiving: is it still accepted, and does accept go on after it? */
static const char *queue_after(int domain)
{
    int fd = listening(domain, BACKLOG), connection;
    client_of(fd);
    unblock(fd);
    shutdown(fd, SHUT_RD);
    connection = accept(fd, NULL, NULL);
    if (connection < 0) /* an error that comes once is no answer yet */
        connection = accept(fd, NULL, NULL);
    if (connection < 0)
        return "reset";
    return is_same(said(accept(fd, NULL, NULL), "ok"), "EAGAIN") ? "keep" : "drain";
}

const struct experiment shutdown_experiments[] = {
    {"shutdown.unconnected_tcp", TCP, shut_unconnected, 0},
    {"shutdown.unconnected_unix", LOCAL, shut_unconnected, 0},
    {"shutdown.unconnected_udp", TCP, shut_unconnected_datagram, 0},
    {"shutdown.after_disconnect", TCP, shut_refused, 0},
    {"shutdown.listener_tcp", TCP, shut_a_listener, 0},
    {"shutdown.listener_unix", LOCAL, shut_a_listener, 0},
    {"shutdown.accept_after", TCP, accept_after, 0},
    {"shutdown.accept_error", TCP, accept_once, 0},
    {"shutdown.acceptconn_after", TCP, listens_after, 0},
    {"shutdown.queued", TCP, queue_after, 0},
    {NULL, 0, NULL, 0},
};
