#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "probe.h"

const struct kind kinds[] = {
    {"tcp4", AF_INET, SOCK_STREAM},        {"tcp6", AF_INET6, SOCK_STREAM},
    {"udp4", AF_INET, SOCK_DGRAM},         {"udp6", AF_INET6, SOCK_DGRAM},
    {"unix-stream", AF_UNIX, SOCK_STREAM}, {"unix-seqpacket", AF_UNIX, SOCK_SEQPACKET},
    {"unix-dgram", AF_UNIX, SOCK_DGRAM},   {0},
};

void give_up(const char *what)
{
    fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
    exit(1);
}

bool is_stream(const struct kind *kind)
{
    return kind->type != SOCK_DGRAM;
}

bool is_tcp(const struct kind *kind)
{
    return kind->type == SOCK_STREAM && kind->domain != AF_UNIX;
}

int make_socket(const struct kind *kind)
{
    int fd = socket(kind->domain, kind->type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        give_up("socket");
    return fd;
}

struct address fresh_address(const struct kind *kind)
{
    static int paths;
    struct address address = {.storage.ss_family = (sa_family_t)kind->domain};
    struct sockaddr_in *in = (void *)&address.storage;
    struct sockaddr_in6 *in6 = (void *)&address.storage;
    struct sockaddr_un *un = (void *)&address.storage;
    if (kind->domain == AF_INET) {
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.length = sizeof *in;
    } else if (kind->domain == AF_INET6) {
        in6->sin6_addr = in6addr_loopback;
        address.length = sizeof *in6;
    } else {
        snprintf(un->sun_path, sizeof un->sun_path, "socket%d", paths++);
        address.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(un->sun_path) + 1);
    }
    return address;
}

struct address address_of(int fd)
{
    struct address address = {.length = sizeof address.storage};
    if (getsockname(fd, (struct sockaddr *)&address.storage, &address.length) != 0)
        give_up("getsockname");
    return address;
}

int bind_to(int fd, const struct address *address)
{
    return bind(fd, (const struct sockaddr *)&address->storage, address->length);
}

int connect_to(int fd, const struct address *address)
{
    return connect(fd, (const struct sockaddr *)&address->storage, address->length);
}

int make_bound(const struct kind *kind)
{
    int fd = make_socket(kind);
    struct address address = fresh_address(kind);
    if (bind_to(fd, &address) != 0)
        give_up("bind");
    return fd;
}

int make_listener(const struct kind *kind, int backlog)
{
    int fd = make_bound(kind);
    if (listen(fd, backlog) != 0)
        give_up("listen");
    return fd;
}

struct address dead_address(const struct kind *kind)
{
    int fd = make_bound(kind);
    struct address address = address_of(fd);
    close(fd);
    return address;
}

void make_nonblocking(int fd)
{
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
        give_up("fcntl");
}
