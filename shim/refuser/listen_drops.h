/*
 * How many SYNs and handshakes the listeners of one network namespace have dropped because a queue was full.
 *
 * A listener's own counter (sock_diag) also rises where TCP_DEFER_ACCEPT holds a connection back: for the last packet
 * of each handshake. This one does not: it is ListenDrops of /proc/net/netstat. Source: tcp_listendrop, tcp_check_req
 * and the end of tcp_v4_rcv in net/ipv4.
 */
#ifndef LISTENAS_REFUSER_LISTEN_DROPS_H
#define LISTENAS_REFUSER_LISTEN_DROPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens the counters of the network namespace of this thread, which the descriptor keeps. -1 where /proc has none. */
int listen_drops_open(void);

/* Reads the counter. Returns false if it is not there. Costs the kernel some 30 us. */
bool listen_drops_read(int fd, uint64_t *count);

/* The value that the text of netstat, `length` bytes with a NUL after them, gives ListenDrops; false if none. Pure. */
bool listen_drops_parse(const char *text, uint64_t *count);

#endif
