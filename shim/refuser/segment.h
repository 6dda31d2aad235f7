/*
 * The segments that a refuser sends in a listener's name.
 */
#ifndef LISTENAS_REFUSER_SEGMENT_H
#define LISTENAS_REFUSER_SEGMENT_H

#include <linux/inet_diag.h>
#include <stdint.h>

enum segment {
    /*
     * RST with an ACK of the client's SYN: it is refused. A client that has left SYN_SENT ignores it, as its sequence
     * number is in no window (RFC 9293, 3.10.7.3 and 3.10.7.4).
     */
    SEGMENT_REFUSE,
    /*
     * SYN with ACK: the client answers with an ACK, which belongs to nothing, so that the kernel answers it with a RST
     * that carries the number that the client expects. A client that is about to connect is connected and reset; one
     * that is connected already, to a connection that was taken away, answers with a challenge ACK (RFC 5961) and is
     * reset.
     */
    SEGMENT_RESET,
};

/* Makes what segment_send needs in the network namespace of this thread; -1 with errno: EPERM without CAP_NET_RAW. */
int segment_socket(int family);

/*
 * Sends one from the local end (src, sport) to the remote one (dst, dport) of `id`, with `acknowledged` as its
 * acknowledgement number, in host order. `four` and `six`: of segment_socket. An IPv4 client of a dual-stack listener
 * may be given as an address of IPv6. Returns 0 or an errno. Never waits.
 */
int segment_send(int four, int six, int family, const struct inet_diag_sockid *id, enum segment what,
                 uint32_t acknowledged);

#endif
