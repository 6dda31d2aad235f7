/*
 * fcntl by system call: libc's is one more function that lies cold in the caches on accept's way, and any preloaded
 * library may define it. May be called from a signal handler.
 */
#ifndef LISTENAS_KERNEL_CONTROL_H
#define LISTENAS_KERNEL_CONTROL_H

#include <fcntl.h>

#include "system.h"

#ifdef SYS_fcntl64
#define CONTROL_NUMBER SYS_fcntl64
#else
#define CONTROL_NUMBER SYS_fcntl
#endif

/* As fcntl(2) of a command whose argument is a number, or is none. */
static inline int control(int fd, int command, long argument)
{
    return (int)system_call(CONTROL_NUMBER, fd, command, argument);
}

/* F_GETOWN_EX and F_SETOWN_EX. */
static inline int control_owner(int fd, int command, struct f_owner_ex *owner)
{
    return (int)system_call(CONTROL_NUMBER, fd, command, owner);
}

#endif
