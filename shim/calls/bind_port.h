/*
 * Ports by the platform's rules: who can share one, and which one is chosen.
 */
#ifndef LISTENAS_CALLS_BIND_PORT_H
#define LISTENAS_CALLS_BIND_PORT_H

#include "../kernel/facts.h"
#include "../profile/profile.h"

/* One bind before it reaches the kernel. */
struct binding {
    int fd;
    const struct facts *facts;
    const struct sockaddr *address;
    socklen_t length;
    enum key why; /* the key that made a difference, if any */
    int error;    /* the platform's errno, if it differs from the kernel's */
};

/*
 * Binds an inet socket to a complete address of its own family. Returns as bind does. Makes the real call once, a
 * second time to share a port, or once for each port that it tries.
 */
int port_bind(struct binding *binding);

/*
 * Before listen of an unbound socket: binds it to a port of the platform's range, if the platform has one. Returns
 * 0, or EADDRINUSE if all ports of the range are taken; leaves any other error to listen. Keeps errno.
 */
int port_autobind(int fd, const struct facts *facts);

/*
 * After a successful listen: where the platform lets several sockets listen at one address, makes the first of them
 * get all clients until it is closed, and then the next one. Keeps errno.
 */
void port_serve_first(int fd);

/*
 * After the program has set SO_REUSEPORT to the `length` bytes at `value`: if they turn it on, it now belongs to the
 * program. Keeps errno.
 */
void port_reuse_was_set(int fd, const void *value, socklen_t length);

#endif
