/*
 * The listeners that a gatekeeper keeps: a table in memory that both of its processes share, as they share
 * their descriptors. One process writes at a time; whichever is left when the other dies finds all of it
 * here.
 */
#ifndef LISTENAS_GATE_LISTENERS_H
#define LISTENAS_GATE_LISTENERS_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define LISTENERS_MAX 4096
#define RAISING UINT_MAX
/* Of one user other than root. */
#define LISTENERS_OF_USER 1024

struct listener {
    _Atomic bool used;   /* the rest is valid */
    _Atomic bool closed; /* set before the gate is closed, cleared after it is open */
    int fd;
    bool gated;           /* clients at a full queue are refused or reset */
    bool resets;          /* reset */
    _Atomic int decoy;    /* that does it, or -1 */
    int interface;        /* what the program bound the socket to */
    unsigned int backlog; /* as the server wants it */
    unsigned int raised;  /* as it is while the gate is closed; RAISING on its way there */
    bool holds;           /* an accept filter holds connections, not more than may be: hold.h */
    unsigned int most;    /* of those, as the platform has it */
    uint32_t drops;       /* packets that it had dropped when that was asked last */
    uint64_t network;     /* the namespace, as network_of numbers it */
    int family;
    ino_t inode;
    uid_t owner;
    pid_t holder; /* a process that had it as its descriptor `number`; 0 if none is known */
    int number;
    bool found; /* by the look-around that goes on */
    int misses; /* look-arounds in a row that found no holder */
};

struct listeners {
    int events; /* the epoll that watches them */
    int end;    /* one past the last that was ever used */
    struct listener of[LISTENERS_MAX];
};

/*
 * Takes the listener what->fd for a user, or learns the new holder and the new wish of one that is there already; the
 * descriptor is the table's from then on. `what` tells inode, owner, holder, number, and the wish: gated and resets,
 * or holds and most. A new one that resets is closed for the microseconds in which its decoy is made. Returns 0 or an
 * errno, and then the descriptor is the caller's still. `place` gets its place in the table.
 */
int listeners_take(struct listeners *all, const struct listener *what, int *place);

/* The filter was removed: what it held is the kernel's. Drops a listener that was kept for nothing else. */
void listener_stop_holding(const struct listeners *all, struct listener *listener);

/* Opens its gate if it is closed, closes its descriptors, frees the place. */
void listener_drop(const struct listeners *all, struct listener *listener);

/*
 * Closes the gate, if it has one, if the queue is full, opens it if there is room; asks again after each change, since
 * a connection may have come or gone meanwhile. Drops what is no listener any more.
 *
 * A decoy is opened before the gate is closed, and closed after the gate is open, so no client meets neither. One
 * that comes between the two steps meets either (decoy.h): the real queue, which drops its SYN if it is full, or the
 * decoy.
 *
 * While the gate is closed the backlog is as large as the kernel allows. Nobody new can come, but a client
 * whose handshake was under way has seen it succeed already: the kernel would throw its last ACK away, and
 * the half-open connection would keep others out when there is room (inet_csk_reqsk_queue_is_full,
 * tcp_check_req).
 */
void listener_settle(const struct listeners *all, struct listener *listener);

struct listeners_count {
    int used, closed, holding;
};

struct listeners_count listeners_count(const struct listeners *all);

/* Opens every gate that is closed. */
void listeners_open_all(struct listeners *all);

/* Settles every listener. */
void listeners_settle_all(struct listeners *all);

/* Likewise, and first resets who waits at a decoy. */
void listeners_serve_all(struct listeners *all);

/*
 * Whether its `holder` has it as `number`, as /proc tells. A gatekeeper with no /proc, with that of another pid
 * namespace, or in one that does not see the holder, would let go of it at once.
 */
bool listener_is_held(const struct listener *listener);

/* Drops the listeners that no process but this gatekeeper holds. `times`: look-arounds in a row that must find none. */
void listeners_look_around(struct listeners *all, int times);

#endif
