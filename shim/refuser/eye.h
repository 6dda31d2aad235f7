/*
 * An eye sees the SYNs that come to this host in one network namespace and one family.
 *
 * It is a raw TCP socket. The kernel gives it a copy of each segment that it is about to give to TCP: after the
 * firewall, and never one that it only forwards. A packet socket would see those as well, and nothing could tell
 * them from a SYN that a listener has dropped. Source: ip_local_deliver_finish, raw_local_deliver in net/ipv4,
 * ip6_input_finish in net/ipv6. The copy costs time, so an eye is shut while nothing needs it (traffic.h).
 */
#ifndef LISTENAS_REFUSER_EYE_H
#define LISTENAS_REFUSER_EYE_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct syn {
    uint8_t family;
    struct inet_diag_sockid
        id;            /* the listener's end is src, the client's dst; the interface is the one that the SYN came by */
    uint32_t sequence; /* the client's, in host order */
};

/* The most SYNs that one eye_read returns. */
#define EYE_MOST 64

/*
 * Makes a shut eye in the network namespace of this thread. Returns a descriptor, or -1 with errno: EPERM without
 * CAP_NET_RAW.
 */
int eye_make(int family);

/* Sets the ports to which it sees SYNs, ascending and in host order. Returns 0 or an errno. */
int eye_set_ports(int eye, int family, const uint16_t *ports, size_t count);

/* Opens or shuts the eye. A shut eye sees nothing, and costs the kernel one comparison for each segment. */
void eye_open(int eye);
void eye_shut(int eye);

/*
 * Reads what has come, at most EYE_MOST SYNs, and returns their number. `others` gets the number of other segments
 * seen; `more` becomes true if there is more to read. Never waits.
 */
int eye_read(int eye, int family, struct syn *syns, int *others, bool *more);

#endif
