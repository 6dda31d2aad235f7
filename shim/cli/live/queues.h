/*
 * The queues of all sockets that listen in this network namespace, by NETLINK_SOCK_DIAG: no server takes part, and any
 * user may ask. Sources: sock_diag(7), net/ipv4/inet_diag.c, net/unix/diag.c.
 */
#ifndef LISTENAS_CLI_LIVE_QUEUES_H
#define LISTENAS_CLI_LIVE_QUEUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../ring/layout.h"

struct queue {
    uint64_t cookie;    /* SO_COOKIE */
    uint32_t inode;     /* as in the name of a descriptor, socket:[INODE] */
    uint32_t waiting;   /* connections that wait to be accepted */
    uint32_t capacity;  /* how many there can be: Linux takes one more than the backlog */
    uint32_t drops;     /* packets that the kernel has dropped for it; modulo 2^32. 0 for AF_UNIX */
    struct record name; /* only its address is set: format_address */
};

struct queues {
    int diag; /* the netlink socket; -1: not open */
    struct queue *of;
    size_t count, room;
    bool complete; /* the kernel has told all: what is not here does not listen */
    bool failed;   /* no memory */
};

/* Asks for all of them. `complete` is false afterwards where the kernel does not answer, as in some sandboxes. */
void queues_read(struct queues *queues);

void queues_free(struct queues *queues);

/* NULL if there is none. */
const struct queue *queues_by_cookie(const struct queues *queues, uint64_t cookie);
const struct queue *queues_by_inode(const struct queues *queues, uint32_t inode);

#endif
