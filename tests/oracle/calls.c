/* One call on a socket in some state. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

static const char *call_listen(const struct scene *scene)
{
    return answer_of(listen(scene->fd, 4));
}

static const char *call_bind(const struct scene *scene)
{
    struct address address = fresh_address(scene->kind);
    return answer_of(bind_to(scene->fd, &address));
}

/* To a socket that takes it, where the state allows a connect at all. */
static const char *call_connect(const struct scene *scene)
{
    int target = is_stream(scene->kind) ? make_listener(scene->kind, 4) : make_bound(scene->kind);
    struct address address = address_of(target);
    const char *answer = answer_of(connect_to(scene->fd, &address));
    close(target);
    return answer;
}

static const char *call_connect_nowhere(const struct scene *scene)
{
    struct address address = fresh_address(scene->kind);
    address.storage.ss_family = AF_UNSPEC;
    return answer_of(connect_to(scene->fd, &address));
}

static const char *call_shutdown_reading(const struct scene *scene)
{
    return answer_of(shutdown(scene->fd, SHUT_RD));
}

static const char *call_shutdown_writing(const struct scene *scene)
{
    return answer_of(shutdown(scene->fd, SHUT_WR));
}

static const char *call_shutdown(const struct scene *scene)
{
    return answer_of(shutdown(scene->fd, SHUT_RDWR));
}

static const char *call_shutdown_wrongly(const struct scene *scene)
{
    return answer_of(shutdown(scene->fd, 7));
}

static const char *call_getsockname(const struct scene *scene)
{
    struct address address = {.length = sizeof address.storage};
    return answer_of(getsockname(scene->fd, (struct sockaddr *)&address.storage, &address.length));
}

static const char *call_getpeername(const struct scene *scene)
{
    struct address address = {.length = sizeof address.storage};
    return answer_of(getpeername(scene->fd, (struct sockaddr *)&address.storage, &address.length));
}

static const char *call_send(const struct scene *scene)
{
    return answer_of(send(scene->fd, "x", 1, 0));
}

static const char *call_send_quietly(const struct scene *scene)
{
    return answer_of(send(scene->fd, "x", 1, MSG_NOSIGNAL));
}

static const char *call_sendmsg(const struct scene *scene)
{
    struct iovec part = {.iov_base = (char[]){"x"}, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return answer_of(sendmsg(scene->fd, &message, 0));
}

/* With the address of a socket that would take it. */
static const char *call_sendto(const struct scene *scene)
{
    int target = is_stream(scene->kind) ? make_listener(scene->kind, 4) : make_bound(scene->kind);
    struct address address = address_of(target);
    const char *answer =
        answer_of(sendto(scene->fd, "x", 1, 0, (const struct sockaddr *)&address.storage, address.length));
    close(target);
    return answer;
}

static const char *call_recv(const struct scene *scene)
{
    char byte;
    ssize_t result = recv(scene->fd, &byte, 1, 0);
    return result == 0 ? "end" : answer_of(result);
}

static const char *call_poll(const struct scene *scene)
{
    static char text[32];
    struct pollfd ask = {.fd = scene->fd, .events = POLLIN | POLLOUT};
    int count = poll(&ask, 1, 0);
    if (count < 0)
        return answer_of(count);
    snprintf(text, sizeof text, "%s%s%s%s%s", ask.revents ? "" : "none ", ask.revents & POLLIN ? "in " : "",
             ask.revents & POLLOUT ? "out " : "", ask.revents & POLLERR ? "err " : "",
             ask.revents & POLLHUP ? "hup " : "");
    text[strlen(text) - 1] = '\0';
    return (count > 0) == (ask.revents != 0) ? text : "miscounted";
}

static const char *option(int fd, int name)
{
    static char text[32];
    int value = 0;
    socklen_t length = sizeof value;
    if (getsockopt(fd, SOL_SOCKET, name, &value, &length) != 0)
        return answer_of(-1);
    snprintf(text, sizeof text, "%s", value == 0 ? "0" : name == SO_ERROR ? strerrorname_np(value) : "other");
    if (name == SO_TYPE)
        snprintf(text, sizeof text, "%s",
                 value == SOCK_STREAM  ? "stream"
                 : value == SOCK_DGRAM ? "dgram"
                                       : "seqpacket");
    if (name == SO_ACCEPTCONN && value)
        snprintf(text, sizeof text, "1");
    return text;
}

static const char *call_error(const struct scene *scene)
{
    return option(scene->fd, SO_ERROR);
}

static const char *call_acceptconn(const struct scene *scene)
{
    return option(scene->fd, SO_ACCEPTCONN);
}

static const char *call_type(const struct scene *scene)
{
    return option(scene->fd, SO_TYPE);
}

static const char *call_accept(const struct scene *scene)
{
    int fd = accept(scene->fd, NULL, NULL);
    const char *answer = answer_of(fd);
    if (fd >= 0)
        close(fd);
    return answer;
}

const struct call calls[] = {
    {"listen", call_listen},
    {"bind", call_bind},
    {"connect", call_connect},
    {"connect-nowhere", call_connect_nowhere},
    {"shutdown-reading", call_shutdown_reading},
    {"shutdown-writing", call_shutdown_writing},
    {"shutdown", call_shutdown},
    {"shutdown-wrongly", call_shutdown_wrongly},
    {"getsockname", call_getsockname},
    {"getpeername", call_getpeername},
    {"send", call_send},
    {"send-quietly", call_send_quietly},
    {"sendmsg", call_sendmsg},
    {"sendto", call_sendto},
    {"recv", call_recv},
    {"poll", call_poll},
    {"SO_ERROR", call_error},
    {"SO_ACCEPTCONN", call_acceptconn},
    {"SO_TYPE", call_type},
    {"accept", call_accept},
    {0},
};
