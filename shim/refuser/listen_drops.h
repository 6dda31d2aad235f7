/*
 * How many SYNs and handshakes the listeners of one network namespace dropped because a queue was full.
 *
 * This is ListenDrops of /proc/net/netstat. A listener's own counter (sock_diag) also rises for the last packet of
 * each handshake where TCP_DEFER_ACCEPT holds the connection back. Source: tcp_listendrop, tcp_check_req and the end
 * of tcp_v4_rcv in net/ipv4.
 */
#ifndef LISTENAS_REFUSER_LISTEN_DROPS_H
#define LISTENAS_REFUSER_LISTEN_DROPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Opens the counters of the network namespace of this thread; the descriptor stays with that namespace. Returns -1
 * where /proc has none.
 */
int listen_drops_open(void);

/* Reads the counter. Returns false if it is missing. Costs the kernel about 30 us. */
bool listen_drops_read(int fd, uint64_t *count);

/* Finds ListenDrops in the text of netstat, `length` bytes with a NUL after them; false if it is missing. Pure. */
bool listen_drops_parse(const char *text, uint64_t *count);

#endif
