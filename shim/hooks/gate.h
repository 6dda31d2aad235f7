/*
 * A server's side of the gate: what the hooks ask of the gatekeeper.
 *
 * By system calls throughout: libc's connect, sendmsg and recv are cancellation points, and listen and bind
 * are none. No descriptor stays behind. May change errno; may be called from a signal handler.
 */
#ifndef LISTENAS_HOOKS_GATE_H
#define LISTENAS_HOOKS_GATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Hands a listener to the gatekeeper. When it has answered, the gate is as the queue wants it. `resets`: clients at
 * a full queue are to be connected and reset, not refused. Waits GATE_PATIENCE_MS at most, and not at all for a
 * gatekeeper that is dead. Returns 0, or why the gate is not kept: ENOENT where LISTENAS_GATE names no gatekeeper,
 * ECONNREFUSED if it is gone, ETIMEDOUT if it does not answer, EPERM if it may not open gates (or bind a decoy) in
 * the socket's network namespace, EACCES if it serves another user, ENOBUFS if it keeps too many listeners, ESRCH
 * if it does not see this process.
 */
int gate_keep(int fd, bool resets);

/*
 * Likewise has the gatekeeper reset the connection that an accept filter holds longest while more than `most` are held,
 * or as many as the kernel holds at most. EPERM if it may not do that in the socket's network namespace.
 */
int gate_hold(int fd, int most);

/*
 * After a bind or listen that failed, with its errno: whether it is worth another try, because the address is in use
 * and the gatekeeper, which may still hold the listener of a server that has ended, has let go now of all that nobody
 * else holds. `gate_error` gets an errno as above if it could not be asked. Keeps errno. Costs nothing under a profile
 * without a gate.
 */
bool gate_lets_go(uint16_t *gate_error);

/*
 * Both have the gatekeeper do at once what it would do by itself a little later. gate_settle: see to all queues; waits
 * GATE_SETTLE_MS at most. gate_let_go: let go of all listeners that nobody else holds; waits GATE_PATIENCE_MS at most.
 */
void gate_settle(void);
void gate_let_go(void);

#endif
