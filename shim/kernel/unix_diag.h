/*
 * What only sock_diag reports of an AF_UNIX socket.
 */
#ifndef LISTENAS_KERNEL_UNIX_DIAG_H
#define LISTENAS_KERNEL_UNIX_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Copies the attribute (UNIX_DIAG_*) that `show` (UDIAG_SHOW_*) asks for. Returns false if the kernel does not
 * report it: a sandbox forbids sock_diag, the kernel is built without it, or the socket has none. Five system calls;
 * may be called from a signal handler, is no cancellation point, may change errno.
 */
bool unix_diag(int fd, uint32_t show, int attribute, void *value, size_t size);

#endif
