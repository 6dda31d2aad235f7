/*
 * The listeners that a refuser watches: their names, no descriptors. The worker shares this memory with its
 * supervisor, so that the next worker finds it. One process writes at a time, and listeners_recover repairs what a
 * worker left that was killed in the middle.
 *
 * A place costs little, and the table is shared out so that nobody can take another user's places: when it is full,
 * the user with the most places gives one up to a user with clearly fewer. A user with few listeners keeps them,
 * however many others come. Root and the refuser's own user give none up, so that many users together cannot take
 * theirs.
 */
#ifndef LISTENAS_REFUSER_LISTENERS_H
#define LISTENAS_REFUSER_LISTENERS_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "lookup.h"

#define LISTENERS_MAX 4096
#define LISTENERS_BUCKETS 8192 /* a power of two */

/*
 * Drops older than this, in nanoseconds, belong to no SYN that still waits for a look. On a busy machine the refuser
 * may be without a processor for most of this time.
 */
#define DROPS_FRESH_NS 100000000

/*
 * A queue that was seen full counts as full for the SYNs of this time, in nanoseconds. Otherwise a drop alone does
 * not prove it: see listen_drops.h.
 */
#define FULL_FRESH_NS DROPS_FRESH_NS

/* A listener's drop counter, and how much of it is explained. */
struct drops {
    uint32_t seen;     /* when it was last read for a SYN */
    uint32_t answered; /* how many of the drops are explained: by an answer, or by their age */
    int64_t seen_ns;
    uint32_t latest;  /* when it was last read for any reason */
    int64_t risen_ns; /* when a reading last found it higher; 0 for never */
};

/* Clients that were turned away, and that no ring has been told of yet. */
struct turned {
    uint32_t clients;
    uint32_t waited, holds;    /* the most connections that were in the queue, and how many it takes */
    int64_t first_ns, last_ns; /* when the first and the last of them was */
};

/* A local address that clients connect to. */
struct local_end {
    uint8_t family; /* AF_INET or AF_INET6; 0: none */
    uint16_t port;  /* in network order */
    uint32_t address[4], interface;
};

struct listener {
    bool used;
    uint8_t family;
    uint16_t port; /* in network order */
    int network;   /* its index in struct networks */
    int next;      /* the next one in its bucket, plus 1; 0 at the end */
    uint64_t cookie;
    uint32_t inode;
    uint32_t address[4], interface; /* where it listens */
    uid_t owner;                    /* the user who asked */
    int overflow;                   /* REFUSER_REFUSE, REFUSER_RESET, or 0 */
    bool holds;                     /* the number of held connections is limited: held.h */
    uint32_t most;                  /* the limit */
    uint32_t held_drops;            /* the drop counter at the last look of held.c */
    bool met;                       /* connections held at that look */
    struct drops drops;
    int64_t full_ns;       /* when a look last saw its queue full; 0 for never */
    int ring;              /* of its program, the index in struct told_rings plus 1; 0 for none */
    uint64_t asked_cookie; /* by which that program knows it: of an MPTCP listener the other one */
    struct turned turned;
};

struct listeners {
    uid_t user; /* whose refuser it is: its places, and root's, are taken from nobody */
    int count;
    int end;                      /* places from here on were never used */
    int64_t tell_ns;              /* when the next clients that were turned away are due to be told of; tell.h */
    int first[LISTENERS_BUCKETS]; /* plus 1 */
    struct listener of[LISTENERS_MAX];
};

/* Rebuilds the index from the places in use. */
void listeners_recover(struct listeners *all);

/* The listener of that network and cookie; NULL if it is not watched. */
struct listener *listeners_find(struct listeners *all, int network, uint64_t cookie);

/*
 * The same, or a new one that has only network, cookie and owner. If the table is full, the user with the most
 * places loses one. Returns NULL if nobody has to give one up (ENOBUFS). `gone` gets the network of the listener
 * that was removed, or -1.
 */
struct listener *listeners_take(struct listeners *all, int network, uint64_t cookie, uid_t owner, int *gone);

/* Sets where it listens. */
struct local_end listener_end(const struct listener *listener);

void listeners_drop(struct listeners *all, struct listener *listener);

/* The first listener of a network after `after` (NULL: of all), NULL at the end. */
struct listener *listeners_next(struct listeners *all, int network, const struct listener *after);

/* Notes the present value of the counter. */
void drops_note(struct drops *drops, uint32_t now, int64_t now_ns);

/*
 * New drops: packets that the listener dropped and that nothing explains yet; `drops` is its counter now. What the
 * counter had reached DROPS_FRESH_NS before the last reading counts as explained: those SYNs are sent again and
 * judged anew.
 */
uint32_t drops_new(struct drops *drops, uint32_t now, int64_t now_ns);

#endif
