#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "conform.h"

const int tcp_domains[2] = {AF_INET, AF_INET6}, all_domains[3] = {AF_INET, AF_INET6, AF_UNIX};

void give_up(const char *what)
{
    fprintf(stderr, "conform: %s: %s\n", what, strerror(errno));
    exit(1);
}

const char *domain_name(int domain)
{
    return domain == AF_INET ? "inet" : domain == AF_INET6 ? "inet6" : "unix";
}

struct address fresh_address(int domain)
{
    static int paths;
    struct address address = {0};
    struct sockaddr_in *in = (void *)&address.storage;
    struct sockaddr_in6 *in6 = (void *)&address.storage;
    struct sockaddr_un *un = (void *)&address.storage;
    address.storage.ss_family = (sa_family_t)domain;
    if (domain == AF_INET) {
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.length = sizeof *in;
    } else if (domain == AF_INET6) {
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

bool domain_is_here(int domain)
{
    struct address address = fresh_address(domain);
    int fd = socket(domain, SOCK_STREAM, 0);
    bool here = fd >= 0 && bind(fd, (struct sockaddr *)&address.storage, address.length) == 0;
    if (fd >= 0)
        close(fd);
    return here;
}

int make_socket(int domain, int type)
{
    int fd = socket(domain, type | SOCK_CLOEXEC, 0);
    if (fd < 0)
        give_up("socket");
    return fd;
}

int make_bound(int domain, int type)
{
    int fd = make_socket(domain, type);
    struct address address = fresh_address(domain);
    if (bind(fd, (struct sockaddr *)&address.storage, address.length) != 0)
        give_up("bind");
    return fd;
}

int make_listener(int domain, int backlog)
{
    int fd = make_bound(domain, SOCK_STREAM);
    if (listen(fd, backlog) != 0)
        give_up("listen");
    return fd;
}

struct address dead_address(int domain)
{
    int fd = make_bound(domain, SOCK_STREAM);
    struct address address = address_of(fd);
    close(fd);
    return address;
}

int make_refused(int domain)
{
    int fd = make_socket(domain, SOCK_STREAM);
    struct address nobody = dead_address(domain);
    if (connect(fd, (struct sockaddr *)&nobody.storage, nobody.length) == 0)
        give_up("connect where nobody is");
    return fd;
}

/* Where a client reaches a listener: not every platform takes the wildcard address for this host. */
static struct address reach_of(int listener)
{
    struct address address = address_of(listener);
    struct sockaddr_in *in = (void *)&address.storage;
    struct sockaddr_in6 *in6 = (void *)&address.storage;
    if (address.storage.ss_family == AF_INET && in->sin_addr.s_addr == INADDR_ANY)
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (address.storage.ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr))
        in6->sin6_addr = in6addr_loopback;
    return address;
}

int make_client(int listener)
{
    struct address address = reach_of(listener);
    int fd = make_socket(address.storage.ss_family, SOCK_STREAM);
    if (connect(fd, (struct sockaddr *)&address.storage, address.length) != 0)
        give_up("connect");
    return fd;
}

void add_flag(int fd, int flag)
{
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | flag) != 0)
        give_up("fcntl");
}

void close_hard(int fd)
{
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(fd);
}

int must_accept(int listener)
{
    int connection = accept(listener, NULL, NULL);
    if (connection < 0)
        give_up("accept");
    return connection;
}

const char *nobody_is_left(int listener)
{
    add_flag(listener, O_NONBLOCK);
    int connection = accept(listener, NULL, NULL);
    if (connection >= 0)
        close_hard(connection);
    return connection >= 0 ? "no" : "yes";
}
