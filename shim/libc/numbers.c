/*
 * Calls of libc's that are one system call and newer than the oldest glibc that the library serves, and geteuid: it is
 * compared with owners of files, and another preloaded library may answer one of the two in the kernel's place. Each
 * answers as libc's does, and may be called from a signal handler.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/random.h>
#include <unistd.h>

#include "../kernel/system.h"
#include "libc.h"

#ifdef LIBC_BY_NUMBER

pid_t gettid(void)
{
    return (pid_t)system_call(SYS_gettid);
}

uid_t geteuid(void)
{
#ifdef SYS_geteuid32
    return (uid_t)system_call(SYS_geteuid32);
#else
    return (uid_t)system_call(SYS_geteuid);
#endif
}

ssize_t getrandom(void *bytes, size_t size, unsigned int flags)
{
    return system_call(SYS_getrandom, bytes, size, flags);
}

/* Under the name that <fcntl.h> gives it here. Not for F_GETOWN, which answers a group as if it had failed. */
int fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
#ifdef SYS_fcntl64
    return (int)system_call(SYS_fcntl64, fd, command, argument);
#else
    return (int)system_call(SYS_fcntl, fd, command, argument);
#endif
}

#endif
