/*
 * What the kernel has for a 4-tuple or at a port, by NETLINK_SOCK_DIAG: the connection, or the listener that the
 * kernel itself would choose for a SYN. Source: inet_diag_find_one_icsk, inet_diag_dump_icsk in
 * net/ipv4/inet_diag.c.
 *
 * The kernel answers within sendmsg, so nothing here waits for another process.
 */
#ifndef LISTENAS_REFUSER_LOOKUP_H
#define LISTENAS_REFUSER_LOOKUP_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The most questions of one lookup_each. */
#define LOOKUP_MOST 64

struct found {
    int error;             /* 0, ENOENT if the kernel has nothing, or why it does not answer */
    uint8_t family, state; /* TCP_LISTEN, TCP_SYN_RECV ... of <netinet/tcp.h> */
    struct inet_diag_sockid id;
    uint64_t cookie;
    uint32_t queued, backlog; /* of a listener: connections in its queue; it is full when they exceed the backlog */
    uint32_t drops;           /* packets that the socket has dropped since it was made */
    uid_t owner;
    uint32_t inode; /* 0 for a connection that no accept has taken */
};

/* A question: the local end is `id.idiag_src` and sport, the remote one dst and dport; zeros ask for a listener. */
struct lookup {
    uint8_t family; /* AF_INET or AF_INET6 */
    struct inet_diag_sockid id;
    struct found found;
};

/* Asks all of them, at most LOOKUP_MOST, and fills in the answers. `diag`: of network.h. */
void lookup_each(int diag, struct lookup *of, int count);

/* Drops answers that nobody has read: a worker that was killed leaves them. */
void lookup_forget(int diag);

/* The cookie in the kernel's description of a socket. */
static inline uint64_t lookup_cookie(const struct inet_diag_sockid *id)
{
    return (uint64_t)id->idiag_cookie[1] << 32 | id->idiag_cookie[0];
}

/*
 * Calls `visit` for every TCP socket of a family in one of `states` (a bit for each, 1 << TCP_LISTEN ...), at local
 * `port` (network order) unless that is 0. It gets a struct nlmsghdr whose body is a struct inet_diag_msg, with the
 * attribute INET_DIAG_INFO if `info`, else INET_DIAG_SKMEMINFO. Listeners come first. The kernel walks through all
 * its sockets in those states, which may take milliseconds. Returns false if the kernel does not answer.
 */
bool lookup_all(int diag, int family, uint32_t states, uint16_t port, bool info,
                void (*visit)(const void *message, void *context), void *context);

/* Reads the `found` part of a message that lookup_all gives. */
void lookup_read(const void *message, struct found *found);

/*
 * Destroys exactly that connection (SOCK_DESTROY). An established one is reset; the client of one in TCP_SYN_RECV
 * learns nothing. Returns 0 or an errno: EPERM without CAP_NET_ADMIN, EOPNOTSUPP if the kernel cannot.
 */
int lookup_destroy(int diag, const struct inet_diag_msg *connection);

#endif
