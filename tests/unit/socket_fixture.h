/*
 * Sockets for tests that stand between the library's system calls and the kernel.
 */
#ifndef LISTENAS_UNIT_SOCKET_FIXTURE_H
#define LISTENAS_UNIT_SOCKET_FIXTURE_H

#include <check.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* Of the socket that was bound last. */
static struct sockaddr_storage address;
static socklen_t address_length;

/* A socket bound where the kernel chooses; `address` tells where. */
static inline int bound(int domain)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&address;
    int fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    memset(&address, 0, sizeof address);
    address.ss_family = (sa_family_t)domain;
    in->sin_addr.s_addr = domain == AF_INET ? htonl(INADDR_LOOPBACK) : 0;
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, domain == AF_INET ? sizeof *in : sizeof address.ss_family),
                     0); /* the kernel chooses: a port, or an abstract name */
    address_length = sizeof address;
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &address_length), 0);
    return fd;
}

static inline int listener(int domain)
{
    int fd = bound(domain);
    ck_assert_int_eq(listen(fd, 5), 0);
    return fd;
}

#endif
