#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conform.h"

static char directory[PATH_MAX];
static pid_t owner;

static void leave_directory(void)
{
    struct dirent *entry;
    if (getpid() != owner) /* a child that gave up */
        return;
    DIR *files = opendir(directory);
    while (files && (entry = readdir(files)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(files), entry->d_name, 0);
    if (files)
        closedir(files);
    rmdir(directory);
}

void enter_directory(const char *name)
{
    const char *parent = getenv("TMPDIR");
    snprintf(directory, sizeof directory, "%s/%s-XXXXXX", parent && *parent ? parent : "/tmp", name);
    if (!mkdtemp(directory) || chdir(directory) != 0)
        give_up(directory);
    owner = getpid();
    atexit(leave_directory);
}

void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        give_up("RLIMIT_NOFILE");
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
