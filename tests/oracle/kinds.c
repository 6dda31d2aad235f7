#include <unistd.h>

#include "probe.h"

const struct kind kinds[] = {
    {"tcp4", AF_INET, SOCK_STREAM},        {"tcp6", AF_INET6, SOCK_STREAM},
    {"udp4", AF_INET, SOCK_DGRAM},         {"udp6", AF_INET6, SOCK_DGRAM},
    {"unix-stream", AF_UNIX, SOCK_STREAM}, {"unix-seqpacket", AF_UNIX, SOCK_SEQPACKET},
    {"unix-dgram", AF_UNIX, SOCK_DGRAM},   {0},
};

bool is_stream(const struct kind *kind)
{
    return kind->type != SOCK_DGRAM;
}

bool is_tcp(const struct kind *kind)
{
    return kind->type == SOCK_STREAM && kind->domain != AF_UNIX;
}

bool is_here(const struct kind *kind)
{
    return kind->domain != AF_INET6 || domain_is_here(AF_INET6);
}

const char *stream_name(int domain)
{
    const struct kind *kind = kinds;
    while (kind->domain != domain || kind->type != SOCK_STREAM)
        kind++;
    return kind->name;
}

int make_one(const struct kind *kind)
{
    return make_socket(kind->domain, kind->type);
}

int make_one_bound(const struct kind *kind)
{
    return make_bound(kind->domain, kind->type);
}

int make_one_listening(const struct kind *kind, int backlog)
{
    int fd = make_one_bound(kind);
    if (listen(fd, backlog) != 0)
        give_up("listen");
    return fd;
}

int bind_to(int fd, const struct address *address)
{
    return bind(fd, (const struct sockaddr *)&address->storage, address->length);
}

int connect_to(int fd, const struct address *address)
{
    return connect(fd, (const struct sockaddr *)&address->storage, address->length);
}
