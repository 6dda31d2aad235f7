/*
 * The network namespaces that a refuser serves: of each the sockets that it needs there. It enters a namespace once, by
 * the process that asks; no descriptor is taken from anybody. Memory that the worker shares with its supervisor, as
 * they share their descriptors.
 */
#ifndef LISTENAS_REFUSER_NETWORK_H
#define LISTENAS_REFUSER_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "judge.h"
#include "listeners.h"
#include "traffic.h"

#define NETWORKS_MAX 64
/* Of users other than root and the refuser's own, all together. */
#define NETWORKS_OF_OTHERS 48
#define NETWORKS_OF_USER 8

#define NETWORK_RECENT 8

struct network {
    bool used;
    int number;                              /* its index */
    uint64_t cookie;                         /* SO_NETNS_COOKIE; 0 where the kernel has none */
    uid_t owner;                             /* who asked first */
    int diag;                                /* NETLINK_SOCK_DIAG */
    int eye[2];                              /* of IPv4 and IPv6; -1 where that family is missing */
    int four, six;                           /* of segment_socket */
    int netstat;                             /* of listen_drops_open */
    uint64_t listen_drops;                   /* when that was last read */
    int64_t listen_drops_ns, risen_ns;       /* when it was last read, and had risen then; 0 for never */
    struct local_end recent[NETWORK_RECENT]; /* where SYNs last came to */
    int turn;          /* the place of the table that is looked at next, while the eyes are shut */
    bool watches;      /* it has a listener that refuses or resets */
    int destroy_error; /* 0 where connections can be destroyed, or why not: EPERM without CAP_NET_ADMIN */
    int swept;         /* listeners of ours that the last sweep has left */
    struct traffic traffic;
    struct judge judge;
};

struct networks {
    int end; /* no place from here on was ever in use: each is a page that a round need not touch */
    struct network of[NETWORKS_MAX]; /* the first is the refuser's own */
};

/* SO_NETNS_COOKIE of a socket's namespace; 0 where the kernel has none (before 5.14). */
uint64_t network_of(int fd);

/*
 * Whether connections can be destroyed in the network namespace of this thread, tried on a listener of its own there.
 * Returns 0 or an errno: EPERM without CAP_NET_ADMIN, EOPNOTSUPP where the kernel cannot.
 */
int network_try_destroy(int diag);

/* Makes the refuser's own network ready. Returns 0 or an errno: EPERM without CAP_NET_RAW. */
int networks_begin(struct networks *all);

/*
 * The network of this cookie, entered by way of `process` if it is new: EPERM where the refuser may not enter it
 * (CAP_SYS_ADMIN, and the right to look into that process), ENOBUFS where there are too many, ESRCH where that process
 * is in another one. Returns 0 or an errno.
 */
int networks_find(struct networks *all, uint64_t cookie, pid_t process, uid_t owner, struct network **found);

/* Closes all that belongs to a network that no listener of ours is in any more; not the refuser's own. */
void network_leave(struct network *network);

/* Has the eyes see the SYNs for those listeners, or nothing if there are none. */
void network_watch(struct network *network, struct listeners *listeners);

void network_open_eyes(struct network *network, bool needed, int64_t now_ns);
void network_shut_eyes(struct network *network, int64_t now_ns);

/*
 * Looks at the queues where SYNs last came to, and at some of the others in turn: whether the eyes are to be open for
 * one of them (traffic_is_crowded).
 */
bool network_is_crowded(struct network *network, struct listeners *listeners, int64_t now_ns);

/*
 * Whether any listener of that namespace has dropped something since this was last asked, or DROPS_RISEN_NS before.
 * Reads the counter once in DROPS_READ_NS at most. False where there is no counter.
 */
bool network_has_dropped(struct network *network, int64_t now_ns);

#define DROPS_RISEN_NS DROPS_FRESH_NS
#define DROPS_READ_NS 200000

/* A SYN came to this end, or a listener is new there. */
void network_note_recent(struct network *network, const struct local_end *end);

#endif
