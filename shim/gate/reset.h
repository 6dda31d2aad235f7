/*
 * Tells a client that its connection is gone.
 */
#ifndef LISTENAS_GATE_RESET_H
#define LISTENAS_GATE_RESET_H

#include <linux/inet_diag.h>

/*
 * For a connection that diag_destroy has taken away from `listener`: has its client reset at once. A reset must carry
 * the number that the client expects, which the kernel tells nobody; but a client that is sent its SYN-ACK once more
 * answers with an ACK (RFC 793, 5961), and the kernel answers an ACK that belongs to nothing with the right reset.
 * Without that it would hear of it when it sends something. Returns 0 or an errno: EPERM without CAP_NET_RAW.
 */
int reset_client(int listener, const struct inet_diag_msg *connection);

/* Whether this process may do so in the namespace of `listener`. Returns 0 or an errno. */
int reset_permission(int listener);

#endif
