/*
 * The listeners of a network namespace, and the connections at them that no accept can give yet, by sock_diag.
 * A connection that TCP_DEFER_ACCEPT holds is one of those: it is in the state TCP_SYN_RECV still.
 */
#ifndef LISTENAS_GATE_DIAG_H
#define LISTENAS_GATE_DIAG_H

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <stdbool.h>

/* Opens a way to ask in the namespace of `listener`. Returns a descriptor, or -1 with errno as network_socket. */
int diag_open(int listener);

/*
 * Calls `visit` for each socket of a family (AF_INET, AF_INET6) that listens, and then for each connection in
 * TCP_SYN_RECV, with the message that tells of it: a struct inet_diag_msg. An IPv4 client of a dual-stack listener is
 * of the listener's family. The kernel walks through all that it has of connections, so this takes half a millisecond,
 * more where there are very many. Returns false if it fails.
 */
bool diag_each(int diag, int family, void (*visit)(const struct nlmsghdr *message, void *context), void *context);

/* Takes the connection, that very one, away from its listener; its client is told nothing. Returns 0 or an errno. */
int diag_destroy(int diag, const struct inet_diag_msg *connection);

/*
 * Whether this process may take connections away in the namespace of `listener`, tried out on a listener of its own
 * there. Returns 0 or an errno: EPERM without CAP_NET_ADMIN, EOPNOTSUPP where the kernel cannot.
 */
int diag_permission(int listener);

#endif
