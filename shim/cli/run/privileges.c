#include "privileges.h"

#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Without execution by the group the bit stood for mandatory locks. */
static bool is_setgid(mode_t mode)
{
    return (mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
}

const char *privileges_of(int fd)
{
    struct stat status;
    struct statvfs system;
    if (fstat(fd, &status) != 0 || (fstatvfs(fd, &system) == 0 && (system.f_flag & ST_NOSUID)))
        return NULL;
    /* no_new_privs does not help: a file with capabilities still runs with AT_SECURE. */
    if (getuid() != 0 && fgetxattr(fd, "security.capability", NULL, 0) > 0)
        return "has file capabilities";
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return NULL;
    if ((status.st_mode & S_ISUID) && status.st_uid != getuid())
        return "is setuid to another user";
    if (is_setgid(status.st_mode) && status.st_gid != getgid())
        return "is setgid to another group";
    return NULL;
}
