/*
 * The listeners that a refuser is told of: names, no descriptors. The table is memory that the worker shares with its
 * supervisor, so that the next worker finds it; one process writes at a time, and listeners_recover mends what a worker
 * that was killed in the middle has left.
 *
 * A place is worth little and is shared out so that nobody can take another user's: where all are in use, the user who
 * has most gives one up to one who has clearly fewer. Who listens on few keeps them, however many others come. Root and
 * the refuser's own user give none up to others, so that many users together cannot take theirs.
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
 * Drops that are this old, in nanoseconds, belong to no SYN that is still to be judged. On a busy machine the refuser
 * may be without a processor for most of that time.
 */
#define DROPS_FRESH_NS 100000000

/*
 * A queue that was seen full within this time, in nanoseconds, was full for the SYNs that came meanwhile. Where it was
 * not seen so, a drop alone does not say it: see listen_drops.h.
 */
#define FULL_FRESH_NS DROPS_FRESH_NS

/* A listener's drop counter, as far as it is accounted for. */
struct drops {
    uint32_t seen;     /* when it was last asked for a SYN */
    uint32_t answered; /* of those, what is accounted for: by an answer, or by its age */
    int64_t seen_ns;
    uint32_t latest;  /* when it was last looked at, for whatever reason */
    int64_t risen_ns; /* when it was last found higher than that; 0 for never */
};

/* Where clients come to. */
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
    int next;      /* in its bucket, plus 1; 0 at the end */
    uint64_t cookie;
    uint32_t inode;
    uint32_t address[4], interface; /* where it listens */
    uid_t owner;                    /* who asked */
    int overflow;                   /* REFUSER_REFUSE, REFUSER_RESET, or 0 */
    bool holds;                     /* held connections are limited: held.h */
    uint32_t most;                  /* to so many */
    uint32_t held_drops;            /* the drop counter at the last look of held.c */
    bool met;                       /* by that look */
    struct drops drops;
    int64_t full_ns; /* when a look has last seen its queue full; 0 for never */
};

struct listeners {
    int count;
    int end;                      /* no place from here on was ever in use */
    int first[LISTENERS_BUCKETS]; /* plus 1 */
    struct listener of[LISTENERS_MAX];
};

/* Makes the index anew from the places in use. */
void listeners_recover(struct listeners *all);

/* The listener of that network and cookie; NULL if it is none of ours. */
struct listener *listeners_find(struct listeners *all, int network, uint64_t cookie);

/*
 * The same, or a new one, empty but for network, cookie and owner. Where the table is full, one of the user who has
 * most goes. Returns NULL if nobody has to give one up (ENOBUFS). `gone` gets the network of a listener
 * that had to go, or -1.
 */
struct listener *listeners_take(struct listeners *all, int network, uint64_t cookie, uid_t owner, int *gone);

/* Where it listens. */
struct local_end listener_end(const struct listener *listener);

void listeners_drop(struct listeners *all, struct listener *listener);

/* The first listener of a network after `after` (NULL: of all), NULL at the end. */
struct listener *listeners_next(struct listeners *all, int network, const struct listener *after);

/* Notes what the counter is now. */
void drops_note(struct drops *drops, uint32_t now, int64_t now_ns);

/*
 * What is new: packets that the listener has dropped and that nothing accounts for yet, `drops` being its counter now.
 * What it had dropped DROPS_FRESH_NS ago or earlier, when it was last asked, is taken as accounted for: those SYNs are
 * sent again and then judged anew.
 */
uint32_t drops_new(struct drops *drops, uint32_t now, int64_t now_ns);

#endif
