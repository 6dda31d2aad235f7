#include "ringlife.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/vfs.h>

#include "mappings.h"

/* When a process opens the file to write, the kernel signals the holder of the lease: by SIGURG, which is ignored. */
static int take_lease(int fd)
{
    if (fcntl(fd, F_SETSIG, SIGURG) != 0 || fcntl(fd, F_SETLEASE, F_RDLCK) != 0)
        return errno;
    return 0;
}

/* Where a mapping counts at the inode that the lease is of: overlayfs maps another one, below it. */
static bool counts_mappings(int fd)
{
    struct statfs status;
    return fstatfs(fd, &status) == 0 && (status.f_type == TMPFS_MAGIC || status.f_type == EXT4_SUPER_MAGIC ||
                                         status.f_type == XFS_SUPER_MAGIC || status.f_type == BTRFS_SUPER_MAGIC);
}

enum life ring_hold(int fd)
{
    switch (take_lease(fd)) {
    case 0:
        return counts_mappings(fd) ? LIFE_ENDED : mapped_anywhere(fd);
    case EAGAIN:
        return LIFE_RUNS;
    case EACCES:
        return LIFE_UNKNOWN;
    default:
        return mapped_anywhere(fd);
    }
}

enum life ring_life(int fd)
{
    enum life life = ring_hold(fd);
    if (life == LIFE_ENDED)
        fcntl(fd, F_SETLEASE, F_UNLCK);
    return life;
}
