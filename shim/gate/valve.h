/*
 * The gate of one listener. Closed, the socket is bound to a network interface that cannot exist, so the
 * kernel's look-up for a SYN misses it and answers RST; what is queued or established keeps its own binding
 * and lives on. Source: compute_score in net/ipv4/inet_hashtables.c and net/ipv6/inet6_hashtables.c; measured
 * on 6.18.
 */
#ifndef LISTENAS_GATE_VALVE_H
#define LISTENAS_GATE_VALVE_H

#include <stdbool.h>
#include <stdint.h>

struct queue {
    unsigned int queued;  /* connections that wait to be accepted */
    unsigned int backlog; /* the queue is full when it holds more */
};

/* Reads the queue of a listener. Returns false for what is not a TCP listener. */
bool valve_queue(int fd, struct queue *queue);

/* AF_INET or AF_INET6. */
int valve_family(int fd);

/* Packets that a listener has ever dropped. */
uint32_t valve_drops(int fd);

/*
 * Whether a gate that is closed could be opened again, which is what needs CAP_NET_RAW over the socket's
 * network namespace. Changes nothing. Returns 0 or EPERM.
 */
int valve_permission(int fd);

/* The interface that the program bound the socket to, 0 for none. To be asked while the gate is open. */
int valve_interface(int fd);

/* Whether it is closed: so was left by a gatekeeper both of whose processes were killed at once. */
bool valve_is_closed(int fd);

/* Closes the gate. Returns 0 or an errno. */
int valve_close(int fd);

/* Opens it, unless the program has bound the socket anew meanwhile. Returns 0 or an errno. */
int valve_open(int fd, int interface);

/* Tries on a socket of its own whether this process can open a gate in its network namespace. 0 or an errno.
 */
int valve_try(void);

#endif
