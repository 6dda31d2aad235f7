#include "endpoint.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../cli.h"

#define WAITING_MOST 64

union address {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    struct sockaddr_un local;
};

static int refuse(struct endpoint *endpoint, const char *address, const char *why, int status)
{
    say("%s: %s", address, why);
    if (endpoint->fd >= 0)
        close(endpoint->fd);
    endpoint->fd = -1;
    return status;
}

/* --- a path --- */

/* Removes a socket that nobody listens on any more; anything else stays. */
static void remove_stale(const struct sockaddr_un *path)
{
    struct stat status;
    if (lstat(path->sun_path, &status) != 0 || !S_ISSOCK(status.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    if (connect(fd, (const struct sockaddr *)path, sizeof *path) != 0 && errno == ECONNREFUSED)
        unlink(path->sun_path);
    close(fd);
}

static int open_path(struct endpoint *endpoint, const char *address, const char *path)
{
    endpoint->is_path = true;
    endpoint->path = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (!*path || strlen(path) >= sizeof endpoint->path.sun_path)
        return refuse(endpoint, address, "expected a path of 1 to 107 bytes after unix:", STATUS_USAGE);
    strcpy(endpoint->path.sun_path, path);
    remove_stale(&endpoint->path);
    endpoint->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t before = umask(0177); /* nobody else may ever open it */
    bool is_bound =
        endpoint->fd >= 0 && bind(endpoint->fd, (struct sockaddr *)&endpoint->path, sizeof endpoint->path) == 0;
    int error = errno;
    umask(before);
    if (!is_bound)
        return refuse(endpoint, address, strerror(error), STATUS_OWN);
    if (lstat(path, &endpoint->made) != 0 || listen(endpoint->fd, WAITING_MOST) != 0)
        return refuse(endpoint, address, strerror(errno), STATUS_OWN);
    printf("unix:%s\n", path);
    return 0;
}

/* --- a port --- */

/* Reads 127.0.0.1:80 or [::1]:80; false for anything else. */
static bool read_port(const char *text, union address *address)
{
    char host[64] = "";
    const char *colon = strrchr(text, ':');
    bool is_six = text[0] == '[';
    if (!colon || (is_six && (colon == text || colon[-1] != ']')))
        return false;
    size_t length = (size_t)(colon - text) - 2 * is_six;
    char *end;
    unsigned long port = strtoul(colon + 1, &end, 10);
    if (length == 0 || length >= sizeof host || colon[1] < '0' || colon[1] > '9' || *end || port > 65535)
        return false;
    memcpy(host, text + is_six, length);
    *address = (union address){0};
    address->any.sa_family = is_six ? AF_INET6 : AF_INET;
    address->in.sin_port = htons((uint16_t)port); /* at the same place of sockaddr_in6 */
    return inet_pton(address->any.sa_family, host,
                     is_six ? (void *)&address->in6.sin6_addr : (void *)&address->in.sin_addr) == 1;
}

static bool is_loopback(const union address *address)
{
    return address->any.sa_family == AF_INET ? ntohl(address->in.sin_addr.s_addr) >> 24 == 127
                                             : IN6_IS_ADDR_LOOPBACK(&address->in6.sin6_addr);
}

static int open_port(struct endpoint *endpoint, const char *text)
{
    union address address;
    const int on = 1;
    if (!read_port(text, &address))
        return refuse(endpoint, text, "expected unix:PATH, 127.0.0.1:PORT or [::1]:PORT", STATUS_USAGE);
    if (!is_loopback(&address))
        return refuse(endpoint, text, "only the loopback is listened on, since nobody is asked who he is",
                      STATUS_USAGE);
    socklen_t length = address.any.sa_family == AF_INET ? sizeof address.in : sizeof address.in6;
    endpoint->fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (endpoint->fd < 0 || setsockopt(endpoint->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(endpoint->fd, &address.any, length) != 0 || listen(endpoint->fd, WAITING_MOST) != 0 ||
        getsockname(endpoint->fd, &address.any, &length) != 0)
        return refuse(endpoint, text, strerror(errno), STATUS_OWN);
    printf("http://%.*s:%u/metrics\n", (int)(strrchr(text, ':') - text), text, ntohs(address.in.sin_port));
    return 0;
}

int endpoint_open(struct endpoint *endpoint, const char *address)
{
    *endpoint = (struct endpoint){.fd = -1};
    int status =
        strncmp(address, "unix:", 5) == 0 ? open_path(endpoint, address, address + 5) : open_port(endpoint, address);
    return status == 0 && fflush(stdout) != 0 ? STATUS_OWN : status;
}

void endpoint_close(struct endpoint *endpoint)
{
    struct stat status;
    close(endpoint->fd);
    if (endpoint->is_path && lstat(endpoint->path.sun_path, &status) == 0 && status.st_dev == endpoint->made.st_dev &&
        status.st_ino == endpoint->made.st_ino)
        unlink(endpoint->path.sun_path);
}
