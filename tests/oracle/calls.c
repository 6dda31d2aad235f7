/* One call on a socket in some state. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static const char *call_listen(const struct scene *scene)
{
    return outcome_of(listen(scene->fd, 4));
}

static const char *call_bind(const struct scene *scene)
{
    struct address address = fresh_address(scene->kind->domain);
    return outcome_of(bind_to(scene->fd, &address));
}

/* To a socket that takes it, where the state allows a connect at all. */
static const char *call_connect(const struct scene *scene)
{
    int target = is_stream(scene->kind) ? make_one_listening(scene->kind, 4) : make_one_bound(scene->kind);
    struct address address = address_of(target);
    const char *text = outcome_of(connect_to(scene->fd, &address));
    close(target);
    return text;
}

static const char *call_connect_nowhere(const struct scene *scene)
{
    struct address address = fresh_address(scene->kind->domain);
    address.storage.ss_family = AF_UNSPEC;
    return outcome_of(connect_to(scene->fd, &address));
}

static const char *call_shutdown_reading(const struct scene *scene)
{
    return outcome_of(shutdown(scene->fd, SHUT_RD));
}

static const char *call_shutdown_writing(const struct scene *scene)
{
    return outcome_of(shutdown(scene->fd, SHUT_WR));
}

static const char *call_shutdown(const struct scene *scene)
{
    return outcome_of(shutdown(scene->fd, SHUT_RDWR));
}

static const char *call_shutdown_wrongly(const struct scene *scene)
{
    return outcome_of(shutdown(scene->fd, 7));
}

static const char *call_getsockname(const struct scene *scene)
{
    struct address address = {.length = sizeof address.storage};
    return outcome_of(getsockname(scene->fd, (struct sockaddr *)&address.storage, &address.length));
}

static const char *call_getpeername(const struct scene *scene)
{
    struct address address = {.length = sizeof address.storage};
    return outcome_of(getpeername(scene->fd, (struct sockaddr *)&address.storage, &address.length));
}

static const char *call_send(const struct scene *scene)
{
    return outcome_of(send(scene->fd, "x", 1, 0));
}

static const char *call_send_quietly(const struct scene *scene)
{
    return outcome_of(send(scene->fd, "x", 1, MSG_NOSIGNAL));
}

static const char *call_sendmsg(const struct scene *scene)
{
    struct iovec part = {.iov_base = (char[]){"x"}, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    return outcome_of(sendmsg(scene->fd, &message, 0));
}

/* With the address of a socket that would take it. */
static const char *call_sendto(const struct scene *scene)
{
    int target = is_stream(scene->kind) ? make_one_listening(scene->kind, 4) : make_one_bound(scene->kind);
    struct address address = address_of(target);
    const char *text =
        outcome_of(sendto(scene->fd, "x", 1, 0, (const struct sockaddr *)&address.storage, address.length));
    close(target);
    return text;
}

static const char *call_recv(const struct scene *scene)
{
    char byte;
    ssize_t result = recv(scene->fd, &byte, 1, 0);
    return result == 0 ? "end" : outcome_of(result);
}

static const char *events_of(const struct pollfd *ask, int count)
{
    static char text[32];
    if (count < 0)
        return outcome_of(count);
    snprintf(text, sizeof text, "%s%s%s%s%s", ask->revents ? "" : "none ", ask->revents & POLLIN ? "in " : "",
             ask->revents & POLLOUT ? "out " : "", ask->revents & POLLERR ? "err " : "",
             ask->revents & POLLHUP ? "hup " : "");
    text[strlen(text) - 1] = '\0';
    return (count > 0) == (ask->revents != 0) ? text : "miscounted";
}

static const char *call_poll(const struct scene *scene)
{
    struct pollfd ask = {.fd = scene->fd, .events = POLLIN | POLLOUT};
    return events_of(&ask, poll(&ask, 1, 0));
}

/* What a program calls that was built with _FORTIFY_SOURCE. */
/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */
ssize_t __recv_chk(int fd, void *data, size_t size, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *data, size_t size, size_t room, int flags, struct sockaddr *address,
                       socklen_t *length);
int __poll_chk(struct pollfd *set, nfds_t count, int timeout, size_t room);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp) */

static const char *call_recv_checked(const struct scene *scene)
{
    char byte;
    ssize_t result = __recv_chk(scene->fd, &byte, 1, 1, 0);
    return result == 0 ? "end" : outcome_of(result);
}

static const char *call_recvfrom_checked(const struct scene *scene)
{
    char byte;
    ssize_t result = __recvfrom_chk(scene->fd, &byte, 1, 1, 0, NULL, NULL);
    return result == 0 ? "end" : outcome_of(result);
}

static const char *call_poll_checked(const struct scene *scene)
{
    struct pollfd ask = {.fd = scene->fd, .events = POLLIN | POLLOUT};
    return events_of(&ask, __poll_chk(&ask, 1, 0, sizeof ask));
}

/* With a buffer that is too small; libc ends the program. */
static const char *call_too_much(const struct scene *scene)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        char byte;
        struct pollfd ask = {.fd = scene->fd};
        close(STDERR_FILENO);
        if (scene->kind->domain == AF_INET)
            __recv_chk(scene->fd, &byte, 2, 1, 0);
        else if (scene->kind->domain == AF_INET6)
            __recvfrom_chk(scene->fd, &byte, 2, 1, 0, NULL, NULL);
        else
            __poll_chk(&ask, 2, 0, sizeof ask);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        give_up("child");
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? "SIGABRT" : "lives";
}

static const char *option(int fd, int name)
{
    static char text[32];
    int value = 0;
    socklen_t length = sizeof value;
    if (getsockopt(fd, SOL_SOCKET, name, &value, &length) != 0)
        return outcome_of(-1);
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

static const char *call_accept_without_length(const struct scene *scene)
{
    struct sockaddr_storage storage;
    return outcome_of(accept(scene->fd, (struct sockaddr *)&storage, NULL));
}

static const char *call_accept(const struct scene *scene)
{
    int fd = accept(scene->fd, NULL, NULL);
    const char *text = outcome_of(fd);
    if (fd >= 0)
        close(fd);
    return text;
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
    {"recv-checked", call_recv_checked},
    {"recvfrom-checked", call_recvfrom_checked},
    {"too-much", call_too_much},
    {"poll", call_poll},
    {"poll-checked", call_poll_checked},
    {"SO_ERROR", call_error},
    {"SO_ACCEPTCONN", call_acceptconn},
    {"SO_TYPE", call_type},
    {"accept", call_accept},
    {"accept-without-length", call_accept_without_length},
    {0},
};
