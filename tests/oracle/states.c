/* What a socket can have been through before it is called. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "../../shim/kernel/system.h"
#include "probe.h"

static bool always(const struct kind *kind)
{
    (void)kind;
    return true;
}

static bool is_local(const struct kind *kind)
{
    return kind->domain == AF_UNIX;
}

static void fresh(struct scene *scene)
{
    scene->fd = make_one(scene->kind);
}

static void bound(struct scene *scene)
{
    scene->fd = make_one_bound(scene->kind);
}

static void listening(struct scene *scene)
{
    scene->fd = make_one_listening(scene->kind, 4);
}

static void must_connect(int fd, const struct address *address)
{
    if (connect_to(fd, address) != 0)
        give_up("connect");
}

static void connected(struct scene *scene)
{
    scene->listener = is_stream(scene->kind) ? make_one_listening(scene->kind, 4) : make_one_bound(scene->kind);
    struct address address = address_of(scene->listener);
    scene->fd = make_one(scene->kind);
    must_connect(scene->fd, &address);
    if (is_stream(scene->kind) && (scene->peer = accept(scene->listener, NULL, NULL)) < 0)
        give_up("accept");
}

static void accepted(struct scene *scene)
{
    connected(scene);
    int fd = scene->fd;
    scene->fd = scene->peer;
    scene->peer = fd;
}

static void paired(struct scene *scene)
{
    int ends[2];
    if (socketpair(scene->kind->domain, scene->kind->type | SOCK_CLOEXEC, 0, ends) != 0)
        give_up("socketpair");
    scene->fd = ends[0];
    scene->peer = ends[1];
}

/*
 * A connection that waits at a full queue: of a platform that drops its SYN, as the kernel itself does. So the listener
 * is made by a system call that no preloaded library sees.
 */
static void connecting(struct scene *scene)
{
    scene->listener = make_one_bound(scene->kind);
    if (system_call(SYS_listen, scene->listener, 0) != 0)
        give_up("listen");
    struct address address = address_of(scene->listener);
    scene->peer = make_one(scene->kind);
    must_connect(scene->peer, &address);
    scene->fd = make_one(scene->kind);
    add_flag(scene->fd, O_NONBLOCK);
    if (connect_to(scene->fd, &address) == 0 || errno != EINPROGRESS)
        give_up("connect at a full queue");
}

static void must_be_refused(int fd, const struct address *address)
{
    if (connect_to(fd, address) == 0 || errno != ECONNREFUSED)
        give_up("connect where nobody is");
}

static void refused(struct scene *scene)
{
    struct address nobody = dead_address(scene->kind->domain);
    scene->fd = make_one(scene->kind);
    must_be_refused(scene->fd, &nobody);
}

/* Its error was not read yet. */
static void refused_unread(struct scene *scene)
{
    struct address nobody = dead_address(scene->kind->domain);
    struct pollfd wait = {.events = POLLIN};
    scene->fd = wait.fd = make_one(scene->kind);
    add_flag(scene->fd, O_NONBLOCK);
    if (connect_to(scene->fd, &nobody) == 0 || errno != EINPROGRESS || poll(&wait, 1, 10000) != 1)
        give_up("connect where nobody is");
}

static void shut_reading(struct scene *scene)
{
    fresh(scene);
    shutdown(scene->fd, SHUT_RD);
}

static void shut_writing(struct scene *scene)
{
    fresh(scene);
    shutdown(scene->fd, SHUT_WR);
}

static void shut(struct scene *scene)
{
    fresh(scene);
    shutdown(scene->fd, SHUT_RDWR);
}

static void listening_shut(struct scene *scene)
{
    listening(scene);
    shutdown(scene->fd, SHUT_RDWR);
}

static void connected_shut_writing(struct scene *scene)
{
    connected(scene);
    if (shutdown(scene->fd, SHUT_WR) != 0)
        give_up("shutdown");
}

static void connected_shut(struct scene *scene)
{
    connected(scene);
    if (shutdown(scene->fd, SHUT_RDWR) != 0)
        give_up("shutdown");
}

static void await_news(int fd)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (poll(&wait, 1, 10000) != 1)
        give_up("poll");
}

static void peer_closed(struct scene *scene)
{
    connected(scene);
    close(scene->peer);
    scene->peer = -1;
    await_news(scene->fd);
}

static void pair_closed(struct scene *scene)
{
    paired(scene);
    close(scene->peer);
    scene->peer = -1;
    if (is_stream(scene->kind))
        await_news(scene->fd);
}

static void reset(struct scene *scene)
{
    struct linger hard = {.l_onoff = 1};
    char byte;
    connected(scene);
    setsockopt(scene->peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(scene->peer);
    scene->peer = -1;
    await_news(scene->fd);
    if (recv(scene->fd, &byte, 1, 0) >= 0 || errno != ECONNRESET)
        give_up("recv after a reset");
}

static bool is_datagram(const struct kind *kind)
{
    return !is_stream(kind);
}

static void dissolved(struct scene *scene)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    connected(scene);
    (void)connect(scene->fd, &nobody, sizeof nobody);
}

const struct state states[] = {
    {"fresh", always, fresh},
    {"bound", always, bound},
    {"listening", is_stream, listening},
    {"connected", always, connected},
    {"accepted", is_stream, accepted},
    {"paired", is_local, paired},
    {"connecting", is_tcp, connecting},
    {"refused", is_stream, refused},
    {"refused-unread", is_tcp, refused_unread},
    {"shut-reading", always, shut_reading},
    {"shut-writing", always, shut_writing},
    {"shut", always, shut},
    {"listening-shut", is_tcp, listening_shut},
    {"connected-shut-writing", is_stream, connected_shut_writing},
    {"connected-shut", is_stream, connected_shut},
    {"peer-closed", is_stream, peer_closed},
    {"pair-closed", is_local, pair_closed},
    {"reset", is_tcp, reset},
    {"dissolved", is_datagram, dissolved},
    {0},
};
