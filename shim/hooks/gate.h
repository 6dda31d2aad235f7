/*
 * A server's side of the gate: what the hooks ask of the gatekeeper.
 *
 * By system calls throughout: libc's connect, sendmsg and recv are cancellation points, and listen and bind
 * are none. No descriptor stays behind. May change errno; may be called from a signal handler.
 */
#ifndef LISTENAS_HOOKS_GATE_H
#define LISTENAS_HOOKS_GATE_H

/*
 * Hands a listener to the gatekeeper. When it has answered, the gate is as the queue wants it. Waits a second
 * at most. Returns 0, or why clients will not be refused: ENOENT where LISTENAS_GATE names no gatekeeper,
 * ECONNREFUSED if it is gone, EAGAIN if it does not answer, EPERM if it cannot open gates in the socket's
 * network namespace, EACCES if it serves another user, ENOBUFS if it keeps too many listeners.
 */
int gate_keep(int fd);

/* Has the gatekeeper let go of listeners that nobody else holds. Returns 0, or an errno as above. */
int gate_check(void);

#endif
