/* One call on a socket in some state. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../shim/profile/errno_name.h"
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

static const char *option(int fd, int name)
{
    static char text[32];
    int value = 0;
    socklen_t length = sizeof value;
    if (getsockopt(fd, SOL_SOCKET, name, &value, &length) != 0)
        return outcome_of(-1);
    snprintf(text, sizeof text, "%s", value == 0 ? "0" : name == SO_ERROR ? errno_name(value) : "other");
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
    {"SO_ERROR", call_error},
    {"SO_ACCEPTCONN", call_acceptconn},
    {"SO_TYPE", call_type},
    {"accept", call_accept},
    {"accept-without-length", call_accept_without_length},
    {0},
};
