/*
 * The network namespace of a listener: a socket that is to meet it must be made there.
 */
#ifndef LISTENAS_GATE_NETWORK_H
#define LISTENAS_GATE_NETWORK_H

#include <stdint.h>

/* The kernel's number of a socket's namespace; 0 where it does not tell (before 5.14). */
uint64_t network_of(int fd);

/*
 * Makes a socket in the namespace of `listener`, with SOCK_CLOEXEC, and enters that namespace for a moment if it is
 * another. Returns the descriptor, or -1 with errno set: EPERM where this process may not enter it, EOPNOTSUPP where
 * the kernel does not tell which it is.
 */
int network_socket(int listener, int domain, int type, int protocol);

#endif
