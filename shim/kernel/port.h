/*
 * Who else has a port of TCP or UDP. For bind alone: it may take a millisecond on a host with many connections.
 *
 * All of it may be called from a signal handler, is no cancellation point, and may change errno.
 */
#ifndef LISTENAS_KERNEL_PORT_H
#define LISTENAS_KERNEL_PORT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* The socket that asks for the port. */
struct port_claim {
    int protocol;       /* IPPROTO_TCP, IPPROTO_UDP or another */
    int domain;         /* AF_INET or AF_INET6 */
    bool dual_stack;    /* AF_INET6 without IPV6_V6ONLY */
    bool reuse_address; /* SO_REUSEADDR */
    bool reuse_port;    /* SO_REUSEPORT */
};

/* The other sockets that have it. One that only binds is seen on Linux 6.8 and later. */
struct port_use {
    bool same;        /* one without a peer, at the same address */
    bool overlapping; /* one without a peer, at the wildcard address where this is specific, or the reverse */
    bool dual_stack;  /* a dual-stack wildcard, where this is the IPv4 wildcard */
    bool ipv4;        /* the IPv4 wildcard, where this is a dual-stack wildcard */
    bool crossing;    /* a specific IPv4 address, where this is a dual-stack wildcard, or the reverse */
    bool bound;       /* one of the above does not listen, and is not marked as closed */
    bool listening;   /* one of the above listens */
    bool lent;        /* one that is `same` or `dual_stack`, whose SO_REUSEPORT is marked as lent */
    bool unshared;    /* one that is `same`, and not marked as bound with SO_REUSEADDR */
    bool connections; /* connections, those in TIME_WAIT included, whose own address is one of the above */
};

/*
 * Marks a bound socket as one whose SO_REUSEPORT is not its program's own. The mark is IP_BIND_ADDRESS_NO_PORT, which
 * means nothing to a socket that has its port, and which sock_diag tells of other processes' sockets (Linux 5.8 and
 * later).
 */
void port_mark_lent(int fd);

/* Takes the mark away: the program has set SO_REUSEPORT itself. */
void port_mark_own(int fd);

/* Whether the socket has that mark. */
bool port_is_lent(int fd);

/*
 * Marks a bound TCP socket as one that had SO_REUSEADDR when it was bound: a program may change that option later, and
 * sock_diag does not report it. The mark is IP_MULTICAST_ALL turned off, which means nothing to TCP, and which
 * sock_diag reports of other processes' sockets (Linux 5.8 and later).
 */
void port_mark_reused(int fd);

/*
 * Marks a TCP listener that was shut down: where that gives its port up, as in the BSDs, nobody is to take it for a
 * socket that is bound. The mark is IP_FREEBIND, which means nothing to a socket that has its port.
 */
void port_mark_closed(int fd);

/* Reads the options of a socket of AF_INET or AF_INET6. */
void port_claim_of(int fd, int domain, struct port_claim *claim);

/*
 * Asks the kernel (sock_diag) for the sockets of the port in `address`, an address of the claim's family.
 * Returns false if it does not tell: a sandbox forbids it, or it is built without.
 */
bool port_use_of(const struct port_claim *claim, const struct sockaddr *address, struct port_use *use);

/*
 * Whether `address`, of AF_INET or AF_INET6, is this host's, and a TCP socket is bound there, or at the wildcard
 * address, and none listens. False where the kernel does not tell: before Linux 6.8 it does not list sockets that are
 * only bound.
 */
bool port_is_silent(const struct sockaddr *address);

#endif
