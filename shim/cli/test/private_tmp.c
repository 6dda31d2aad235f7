#include "private_tmp.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define TMP "/tmp/"
#define NAMES_MOST 64

/* Entries of the old /tmp, each held by a descriptor while the new one is put over it. */
struct shown {
    char name[NAMES_MOST][NAME_MAX + 1];
    int fd[NAMES_MOST];
    int count;
};

static bool is_shown(const struct shown *shown, const char *name)
{
    for (int i = 0; i < shown->count; i++)
        if (strcmp(shown->name[i], name) == 0)
            return true;
    return false;
}

static void show(struct shown *shown, const char *name, size_t length)
{
    char path[sizeof TMP + NAME_MAX], *last = path + strlen(TMP);
    if (length == 0 || length > NAME_MAX || shown->count == NAMES_MOST)
        return;
    snprintf(path, sizeof path, "%s%.*s", TMP, (int)length, name);
    if (is_shown(shown, last) || strcmp(last, ".") == 0 || strcmp(last, "..") == 0)
        return;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return;
    strcpy(shown->name[shown->count], last);
    shown->fd[shown->count++] = fd;
}

/* Every name that follows "/tmp/" in a text, such as a list of directories or --config=/tmp/x/y. */
static void show_named(struct shown *shown, const char *text)
{
    while ((text = strstr(text, TMP))) {
        text += strlen(TMP);
        show(shown, text, strcspn(text, "/:;,= \t\n\"'"));
    }
}

static void show_all(struct shown *shown, char *const *texts)
{
    for (; texts && *texts; texts++)
        show_named(shown, *texts);
}

static int make_target(const char *path, int fd)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return errno;
    if (S_ISDIR(status.st_mode))
        return mkdir(path, 0700) == 0 ? 0 : errno;
    int made = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (made < 0)
        return errno;
    close(made);
    return 0;
}

static int bring_back(const struct shown *shown)
{
    char path[sizeof TMP + NAME_MAX], source[64];
    for (int i = 0; i < shown->count; i++) {
        snprintf(path, sizeof path, TMP "%s", shown->name[i]);
        snprintf(source, sizeof source, "/proc/self/fd/%d", shown->fd[i]);
        int error = make_target(path, shown->fd[i]);
        if (!error && mount(source, path, NULL, MS_BIND | MS_REC, NULL) != 0)
            error = errno;
        if (error)
            return error;
    }
    return 0;
}

static int leave_mounts(void)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0 ? 0 : errno;
}

/* What stays visible is opened in the namespace in which it will be mounted again: the kernel mounts nothing else. */
int private_tmp(char *const *words, char *const *environment, const char *const *paths)
{
    struct shown shown = {.count = 0};
    char here[PATH_MAX];
    int error = getcwd(here, sizeof here) ? leave_mounts() : errno;
    if (error)
        return error;
    show_named(&shown, here);
    show_all(&shown, words);
    show_all(&shown, environment);
    for (; *paths; paths++)
        show_named(&shown, *paths);
    if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") != 0)
        error = errno;
    if (!error)
        error = bring_back(&shown);
    for (int i = 0; i < shown.count; i++)
        close(shown.fd[i]);
    return error || chdir(here) == 0 ? error : errno;
}
