#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sockios.h>
#include <linux/unix_diag.h>
#include <sys/stat.h>

#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "path.h"
#include "system.h"
#include "unix_diag.h"

/* SIOCUNIXFILE of linux/un.h, a header that excludes sys/un.h. Linux 4.11. */
#define OPEN_OWN_FILE (SIOCPROTOPRIVATE + 0)

/* Linux 6.6; the same number on every architecture but alpha. */
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

/* Converts a device number from the kernel's form, which sock_diag reports. Source: include/linux/kdev_t.h. */
#define KERNEL_MINOR_BITS 20

/* Whether `file` is what `fd` was bound to. The inode cannot be reused while the socket is open. */
static bool is_own_file(int fd, int file)
{
    struct stat status;
    struct unix_diag_vfs own;
    return fstat(file, &status) == 0 && S_ISSOCK(status.st_mode) &&
           unix_diag(fd, UDIAG_SHOW_VFS, UNIX_DIAG_VFS, &own, sizeof own) &&
           own.udiag_vfs_ino == (uint32_t)status.st_ino &&
           own.udiag_vfs_dev == (major(status.st_dev) << KERNEL_MINOR_BITS | minor(status.st_dev));
}

/*
 * Opens the file of a bound socket with O_PATH; -1 if it cannot be opened or proved. By system call: libc's open and
 * close are cancellation points, and bind is none.
 */
static int open_own_file(int fd, const struct unix_path *path)
{
    int file = (int)system_call(SYS_ioctl, fd, OPEN_OWN_FILE); /* exact, but needs CAP_NET_ADMIN */
    if (file >= 0)
        return file;
    file = (int)system_call(SYS_openat, AT_FDCWD, path->text, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 || is_own_file(fd, file))
        return file;
    system_call(SYS_close, file);
    return -1;
}

/* Writes the decimal digits of a descriptor at the end of `text`. */
static const char *digits_of(int fd, char text[12])
{
    char *digit = text + 11;
    *digit = '\0';
    do
        *--digit = (char)('0' + fd % 10);
    while (fd /= 10);
    return digit;
}

/* chmod follows a link of /proc to the file itself. A /proc that somebody made in a chroot is not trusted. */
static bool change_by_proc(int file, mode_t mode)
{
    char text[12];
    struct statfs system;
    int links = (int)system_call(SYS_openat, AT_FDCWD, "/proc/thread-self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (links < 0)
        return false;
    bool changed = fstatfs(links, &system) == 0 && system.f_type == PROC_SUPER_MAGIC &&
                   system_call(SYS_fchmodat, links, digits_of(file, text), mode) == 0;
    system_call(SYS_close, links);
    return changed;
}

bool facts_set_path_mode(int fd, const struct unix_path *path, mode_t mode)
{
    int file = open_own_file(fd, path);
    if (file < 0)
        return false;
    /* The newer call comes second: a seccomp filter may kill a process for a call that the filter does not know. */
    bool changed = change_by_proc(file, mode) || system_call(SYS_fchmodat2, file, "", mode, AT_EMPTY_PATH) == 0;
    system_call(SYS_close, file);
    return changed;
}
