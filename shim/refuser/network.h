/*
 * The network namespaces that a refuser serves, each with the sockets that it needs there. It enters a namespace
 * once, through the process that asks, and takes no descriptor from anybody. The worker shares this memory and its
 * descriptors with its supervisor.
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
/* For all users together except root and the refuser's own. */
#define NETWORKS_OF_OTHERS 48
#define NETWORKS_OF_USER 8

#define NETWORK_RECENT 8

struct network {
    bool used;
    int number;                        /* its index */
    uint64_t cookie;                   /* SO_NETNS_COOKIE; 0 where the kernel has none */
    uid_t owner;                       /* the user who asked first */
    int diag;                          /* NETLINK_SOCK_DIAG */
    int eye[2];                        /* for IPv4 and IPv6; -1 for a family that is missing */
    int four, six;                     /* of segment_socket */
    int netstat;                       /* of listen_drops_open */
    uint64_t listen_drops;             /* its last value */
    int64_t listen_drops_ns, risen_ns; /* when it was last read, and when a reading last found it higher; 0 for never */
    struct local_end recent[NETWORK_RECENT]; /* local ends of the latest SYNs */
    int turn;          /* the place of the table that the next look begins at, while the eyes are shut */
    bool watches;      /* it has a listener that refuses or resets */
    int destroy_error; /* 0 if connections can be destroyed, else why not: EPERM without CAP_NET_ADMIN */
    int swept;         /* watched listeners after the last sweep */
    struct traffic traffic;
    struct judge judge;
};

struct networks {
    uid_t user;                      /* whose refuser it is */
    int end;                         /* places from here on were never used, and their pages need not be touched */
    struct network of[NETWORKS_MAX]; /* the first is the refuser's own */
};

/*
 * Whether connections can be destroyed in the network namespace of this thread, tried on a listener made for this.
 * Returns 0 or an errno: EPERM without CAP_NET_ADMIN, EOPNOTSUPP if the kernel cannot.
 */
int network_try_destroy(int diag);

/* Makes the own network of a user's refuser ready. Returns 0 or an errno: EPERM without CAP_NET_RAW. */
int networks_begin(struct networks *all, uid_t user);

/*
 * Finds the network of this cookie; enters a new one through `process`. EPERM: the refuser may not enter it
 * (CAP_SYS_ADMIN, and the right to look into that process); ENOBUFS: there are too many; ESRCH: the process is in
 * another network. Returns 0 or an errno.
 */
int networks_find(struct networks *all, uint64_t cookie, pid_t process, uid_t owner, struct network **found);

/* Closes the sockets of a network that has no watched listener any more; never those of the refuser's own. */
void network_leave(struct network *network);

/* Sets the eyes to the ports of the watched listeners, or to none. */
void network_watch(struct network *network, struct listeners *listeners);

void network_open_eyes(struct network *network, bool needed, int64_t now_ns);
void network_shut_eyes(struct network *network, int64_t now_ns);

/*
 * Looks at the queues of the recent ends, and at some others in turn. Returns whether the eyes must be open for one
 * of them (traffic_is_crowded).
 */
bool network_is_crowded(struct network *network, struct listeners *listeners, int64_t now_ns);

/*
 * Whether any listener of that namespace has dropped something since the last call, or within DROPS_RISEN_NS. Reads
 * the counter at most once in DROPS_READ_NS. False where there is no counter.
 */
bool network_has_dropped(struct network *network, int64_t now_ns);

#define DROPS_RISEN_NS DROPS_FRESH_NS
#define DROPS_READ_NS 200000

/* Notes a local end that a SYN came to, or a new listener there. */
void network_note_recent(struct network *network, const struct local_end *end);

#endif
