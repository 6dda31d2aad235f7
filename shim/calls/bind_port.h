/*
 * Ports by the platform's rules: with whom one can be shared, and which one is chosen.
 */
#ifndef LISTENAS_CALLS_BIND_PORT_H
#define LISTENAS_CALLS_BIND_PORT_H

#include "../kernel/facts.h"
#include "../profile/profile.h"

/* One bind on its way to the kernel. */
struct binding {
    int fd;
    const struct facts *facts;
    const struct sockaddr *address;
    socklen_t length;
    enum key why; /* becomes the key that made a difference, if one did */
    int error;    /* becomes the platform's errno where it is another than the kernel's */
};

/*
 * Binds an inet socket to an address that is whole and of its own family. Returns as bind does. Makes the
 * real call once, or again where the platform lets sockets share a port, or once for each port that it tries.
 */
int port_bind(struct binding *binding);

/*
 * Before listen of a socket that is not bound: gives it a port of the platform's range, if the platform has one.
 * Returns 0, or EADDRINUSE where all ports of the range are taken; any other obstacle is left for listen to report.
 * Keeps errno.
 */
int port_autobind(int fd, const struct facts *facts);

/*
 * After a successful listen: where the platform lets several sockets listen at one address, the first of them gets all
 * clients until it is closed, and then another does. Keeps errno.
 */
void port_serve_first(int fd);

/*
 * After the program has set SO_REUSEPORT to the `length` bytes at `value`: where they turn it on, it is the program's
 * own from now on. Keeps errno.
 */
void port_reuse_was_set(int fd, const void *value, socklen_t length);

#endif
