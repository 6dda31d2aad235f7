#include "path.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <unistd.h>

/* The limit of Linux itself: fs/namei.c, MAXSYMLINKS. */
#define LINKS_MOST 40

bool facts_unix_path(const struct sockaddr *address, socklen_t length, struct unix_path *path)
{
    const size_t head = offsetof(struct sockaddr_un, sun_path);
    const char *name = (const char *)address + head;
    if (length <= head || length > sizeof(struct sockaddr_un) || name[0] == '\0')
        return false;
    memset(path, 0, sizeof *path);
    memcpy(path->text, name, strnlen(name, length - head));
    return true;
}

bool facts_is_other_file(const struct unix_path *path)
{
    struct stat status;
    return stat(path->text, &status) == 0 && !S_ISSOCK(status.st_mode);
}

/*
 * Reads a link that this user or root has made, and no other's: whoever can make one in a directory could otherwise
 * choose where a privileged program's socket appears, whatever fs.protected_symlinks says. By descriptor, so that
 * the link that is read is the one whose owner was checked; by system call, since bind is no cancellation point.
 */
static ssize_t read_own_link(const char *name, char *target, size_t size)
{
    struct stat status;
    ssize_t length = -1;
    int link = (int)system_call(SYS_openat, AT_FDCWD, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (link < 0)
        return -1;
    if (fstat(link, &status) == 0 && (status.st_uid == 0 || status.st_uid == geteuid()))
        length = readlinkat(link, "", target, size);
    system_call(SYS_close, link);
    return length;
}

/* Follows one link: a target that is not absolute starts where the link is. */
static bool follow_once(struct unix_path *path)
{
    struct unix_path next = {0};
    const char *slash = strrchr(path->text, '/');
    size_t directory = slash ? (size_t)(slash - path->text) + 1 : 0, room = sizeof next.text - 1;
    char target[sizeof next.text];
    ssize_t length = read_own_link(path->text, target, sizeof target);
    if (length <= 0)
        return false;
    directory = target[0] == '/' ? 0 : directory;
    if (directory + (size_t)length > room)
        return false;
    memcpy(next.text, path->text, directory);
    memcpy(next.text + directory, target, (size_t)length);
    *path = next;
    return true;
}

bool facts_is_dangling(const struct unix_path *path)
{
    struct stat status;
    return lstat(path->text, &status) == 0 && S_ISLNK(status.st_mode) && stat(path->text, &status) != 0 &&
           errno == ENOENT;
}

bool facts_follow_dangling(struct unix_path *path)
{
    struct unix_path end = *path;
    struct stat status;
    int links = 0;
    if (stat(path->text, &status) == 0 || errno != ENOENT)
        return false;
    while (links < LINKS_MOST && follow_once(&end))
        links++;
    if (links == 0 || links == LINKS_MOST || lstat(end.text, &status) == 0)
        return false;
    *path = end;
    return true;
}
