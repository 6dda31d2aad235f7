/*
 * Changes the bits of a mark (mark.h), and lets the program use SO_INCOMING_CPU itself. May be called from a signal
 * handler.
 */
#ifndef LISTENAS_KERNEL_MARK_WRITE_H
#define LISTENAS_KERNEL_MARK_WRITE_H

#include <stdbool.h>
#include <sys/socket.h>

#include "mark.h"

/* Keeps errno. */
void mark_change(int fd, int cleared, int set);

static inline bool mark_is_asked(int level, int name)
{
    return level == SOL_SOCKET && name == SO_INCOMING_CPU;
}

/*
 * The program's setsockopt of SO_INCOMING_CPU; returns as setsockopt does. On a socket with a mark, a number that is
 * no processor (0..MARK_CPU_MOST) means none.
 */
int mark_set_cpu(int fd, const void *value, socklen_t length);

/*
 * After the kernel has given SO_INCOMING_CPU in `length` bytes at `value`: replaces it with the program's own
 * number. Keeps errno.
 */
void mark_give_cpu(int fd, void *value, socklen_t length);

#endif
