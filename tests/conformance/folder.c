#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conform.h"

static char folder[PATH_MAX];

static void leave_folder(void)
{
    struct dirent *entry;
    DIR *files = opendir(folder);
    while (files && (entry = readdir(files)))
        if (entry->d_name[0] != '.')
            unlinkat(dirfd(files), entry->d_name, 0);
    if (files)
        closedir(files);
    rmdir(folder);
}

void enter_folder(const char *name)
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/%s-XXXXXX", parent && *parent ? parent : "/tmp", name);
    if (!mkdtemp(folder) || chdir(folder) != 0)
        give_up(folder);
    atexit(leave_folder);
}

void raise_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        give_up("RLIMIT_NOFILE");
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}
