/*
 * An eye sees the SYNs that come to this host in one network namespace and one family.
 *
 * It is a raw TCP socket. The kernel gives it a copy of each segment that it is about to give to TCP, so after the
 * firewall, and never one that it only forwards: a packet socket would see those too, and no later look could tell them
 * from a SYN that a listener has dropped. Source: ip_local_deliver_finish, raw_local_deliver in net/ipv4,
 * ip6_input_finish in net/ipv6. The copy is not free, so an eye is shut while nothing needs it (traffic.h).
 */
#ifndef LISTENAS_REFUSER_EYE_H
#define LISTENAS_REFUSER_EYE_H

#include <linux/inet_diag.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct syn {
    uint8_t family;
    struct inet_diag_sockid id; /* the listener's end as src, the client's as dst, the interface that it came by */
    uint32_t sequence;          /* of the client, in host order */
};

/* SYNs of one eye_read at most. */
#define EYE_MOST 64

/* Makes a shut eye in the network namespace of this thread. Returns a descriptor, or -1 with errno: EPERM without
 * CAP_NET_RAW. */
int eye_make(int family);

/* From now on it sees SYNs to these ports, ascending and in host order. Returns 0 or an errno. */
int eye_set_ports(int eye, int family, const uint16_t *ports, size_t count);

/* A shut eye costs the kernel a comparison for each segment, and sees nothing. */
void eye_open(int eye);
void eye_shut(int eye);

/*
 * Reads what has come, EYE_MOST at most. Returns the number of SYNs; `others` gets the number of other segments that
 * were seen, and `more` whether more is there to be read. Never waits.
 */
int eye_read(int eye, int family, struct syn *syns, int *others, bool *more);

#endif
