/*
 * The segments that a refuser sends in the name of a listener.
 */
#ifndef LISTENAS_REFUSER_SEGMENT_H
#define LISTENAS_REFUSER_SEGMENT_H

#include <linux/inet_diag.h>
#include <stdint.h>

enum segment {
    /*
     * RST with an ACK of the client's SYN: refuses it. A client that has left SYN_SENT ignores the segment,
     * because its sequence number is in no window (RFC 9293, 3.10.7.3 and 3.10.7.4).
     */
    SEGMENT_REFUSE,
    /*
     * SYN with ACK. The client answers with an ACK that belongs to no connection, and the kernel answers that
     * with a RST that carries the expected number. A client in SYN_SENT is connected and then reset; one that is
     * already connected, to a connection that was destroyed, answers with a challenge ACK (RFC 5961) and is
     * reset.
     */
    SEGMENT_RESET,
};

/*
 * Makes the socket for segment_send in the network namespace of this thread; returns -1 with errno: EPERM without
 * CAP_NET_RAW.
 */
int segment_socket(int family);

/*
 * Sends a segment from the local end (src, sport) to the remote one (dst, dport) of `id`, with `acknowledged` as its
 * acknowledgement number, in host order. `four` and `six`: of segment_socket. `id` may give an IPv4 client of a
 * dual-stack listener as an IPv6 address. Returns 0 or an errno. Never waits.
 */
int segment_send(int four, int six, int family, const struct inet_diag_sockid *id, enum segment what,
                 uint32_t acknowledged);

#endif
