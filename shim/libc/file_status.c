/*
 * stat, fstat and lstat by system call: libc has them as functions since glibc 2.33 only. Each answers as libc's does,
 * is no cancellation point, and may be called from a signal handler. The header of an older libc has calls of them call
 * __xstat, __lxstat and __fxstat, which would make other system calls than these.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "../kernel/system.h"
#include "libc.h"

#ifdef LIBC_FILE_STATUS

#if !defined __GLIBC__ || defined __LP64__ /* there is but one of each, or they are the same */
#undef stat64
#undef lstat64
#undef fstat64
#define stat64 stat
#define lstat64 lstat
#define fstat64 fstat
#endif

#ifdef SYS_fstatat64
#define SYS_BY_PATH SYS_fstatat64
#define SYS_BY_FD SYS_fstat64
#else
#define SYS_BY_PATH SYS_newfstatat
#define SYS_BY_FD SYS_fstat
#endif

int stat64(const char *path, struct stat64 *status)
{
    return (int)system_call(SYS_BY_PATH, AT_FDCWD, path, status, 0);
}

int lstat64(const char *path, struct stat64 *status)
{
    return (int)system_call(SYS_BY_PATH, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

int fstat64(int fd, struct stat64 *status)
{
    return (int)system_call(SYS_BY_FD, fd, status);
}

#ifdef LIBC_FILE_STATUS_BY_VERSION

#ifdef __LP64__
#undef __xstat64
#undef __lxstat64
#undef __fxstat64
#define __xstat64 __xstat
#define __lxstat64 __lxstat
#define __fxstat64 __fxstat
#endif

/* `version` is that of struct stat, of which a 64-bit program has one, and struct stat64 never had another. */
int __xstat64(int version, const char *path, struct stat64 *status)
{
    (void)version;
    return (int)system_call(SYS_BY_PATH, AT_FDCWD, path, status, 0);
}

int __lxstat64(int version, const char *path, struct stat64 *status)
{
    (void)version;
    return (int)system_call(SYS_BY_PATH, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

int __fxstat64(int version, int fd, struct stat64 *status)
{
    (void)version;
    return (int)system_call(SYS_BY_FD, fd, status);
}

#endif

#endif
