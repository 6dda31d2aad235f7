/*
 * What the kernel has for a 4-tuple or at a port, by NETLINK_SOCK_DIAG: the connection, or the listener that the kernel
 * itself would choose for a SYN. Source: inet_diag_find_one_icsk, inet_diag_dump_icsk in net/ipv4/inet_diag.c.
 *
 * The kernel answers within sendmsg, so nothing here waits for anybody.
 */
#ifndef LISTENAS_REFUSER_LOOKUP_H
#define LISTENAS_REFUSER_LOOKUP_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Questions of one lookup_each at most. */
#define LOOKUP_MOST 64

struct found {
    int error;             /* 0, ENOENT where the kernel has nothing, or why it does not tell */
    uint8_t family, state; /* TCP_LISTEN, TCP_SYN_RECV ... of <netinet/tcp.h> */
    struct inet_diag_sockid id;
    uint64_t cookie;
    uint32_t queued, backlog; /* of a listener: connections that wait in its queue; it is full when they are more */
    uint32_t drops;           /* packets that the socket has ever dropped */
    uid_t owner;
    uint32_t inode; /* 0 of a connection that no accept has taken */
};

/* What is asked: the local end as `id.idiag_src` and sport, the remote one as dst and dport, zeros for a listener. */
struct lookup {
    uint8_t family; /* AF_INET or AF_INET6 */
    struct inet_diag_sockid id;
    struct found found;
};

/* Asks all of them, LOOKUP_MOST at most, and fills in what was found. `diag`: of network.h. */
void lookup_each(int diag, struct lookup *of, int count);

/* The cookie of a socket that the kernel describes. */
static inline uint64_t lookup_cookie(const struct inet_diag_sockid *id)
{
    return (uint64_t)id->idiag_cookie[1] << 32 | id->idiag_cookie[0];
}

/*
 * Visits every TCP socket of a family in one of `states` (a bit for each, 1 << TCP_LISTEN ...), only those of local
 * `port` (in network order) if that is not 0, with a struct nlmsghdr whose body is a struct inet_diag_msg with the
 * attribute INET_DIAG_INFO if `info`, else INET_DIAG_SKMEMINFO. Listeners come first. The kernel walks through all that
 * it has of the states, so this may take milliseconds on a host with very many. Returns false if the kernel does not
 * tell.
 */
bool lookup_all(int diag, int family, uint32_t states, uint16_t port, bool info,
                void (*visit)(const void *message, void *context), void *context);

/* Reads the found part of a message that lookup_all visits. */
void lookup_read(const void *message, struct found *found);

/*
 * Takes away that very connection (SOCK_DESTROY). One that is established is reset; of one in TCP_SYN_RECV the client
 * is told nothing. Returns 0 or an errno: EPERM without CAP_NET_ADMIN, EOPNOTSUPP where the kernel cannot.
 */
int lookup_destroy(int diag, const struct inet_diag_msg *connection);

#endif
