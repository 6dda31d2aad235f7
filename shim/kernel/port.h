/*
 * Who else has a port of TCP or UDP. Only for bind: it may take a millisecond on a host with many connections.
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

/* The other sockets that have the port. Sockets that are only bound are seen on Linux 6.8 and later. */
struct port_use {
    bool same;        /* one without a peer at the same address */
    bool overlapping; /* one without a peer: wildcard against specific address, in either direction */
    bool dual_stack;  /* a dual-stack wildcard against the IPv4 wildcard that asks */
    bool ipv4;        /* the IPv4 wildcard against the dual-stack wildcard that asks */
    bool crossing;    /* a specific IPv4 address against a dual-stack wildcard, in either direction */
    bool bound;       /* one of the above does not listen, and has no mark of a closed listener */
    bool listening;   /* one of the above listens */
    bool lent;        /* one that is `same` or `dual_stack` has the mark of a lent SO_REUSEPORT */
    bool unshared;    /* one that is `same` has no mark of SO_REUSEADDR at bind */
    bool connections; /* connections, also those in TIME_WAIT, whose local address is one of the above */
};

/*
 * Marks a bound socket whose SO_REUSEPORT the library has set, not its program. The mark is IP_BIND_ADDRESS_NO_PORT,
 * which has no effect on a socket with a port, and which sock_diag reports of other processes' sockets (Linux 5.8
 * and later).
 */
void port_mark_lent(int fd);

/* Removes that mark: the program has set SO_REUSEPORT itself. */
void port_mark_own(int fd);

/* Whether the socket has that mark. */
bool port_is_lent(int fd);

/*
 * Marks a TCP socket that had SO_REUSEADDR when it was bound: a program may change that option later, and sock_diag
 * does not report it. The mark is IP_MULTICAST_ALL turned off, which has no effect on TCP, and which sock_diag
 * reports of other processes' sockets (Linux 5.8 and later).
 */
void port_mark_reused(int fd);

/*
 * Marks a TCP listener that was shut down, where the platform gives up its port, as the BSDs do: nobody may mistake
 * it for a socket that is only bound. The mark is IP_FREEBIND, which has no effect on a socket with a port.
 */
void port_mark_closed(int fd);

/* Reads the options of a socket of AF_INET or AF_INET6. */
void port_claim_of(int fd, int domain, struct port_claim *claim);

/*
 * Asks the kernel (sock_diag) for the sockets of the port in `address`, which is of the claim's family. Returns
 * false if it does not answer: a sandbox forbids it, or the kernel is built without it.
 */
bool port_use_of(const struct port_claim *claim, const struct sockaddr *address, struct port_use *use);

/*
 * Whether `address`, of AF_INET or AF_INET6, is this host's and a TCP socket is bound there or at the wildcard
 * address, but none listens. False if the kernel does not tell: before Linux 6.8 it does not list sockets that are
 * only bound.
 */
bool port_is_silent(const struct sockaddr *address);

#endif
