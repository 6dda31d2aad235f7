#include "relatives.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool stream_has(FILE *stream, const char *setting)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    while (!found && getdelim(&line, &size, '\0', stream) > 0)
        found = strcmp(line, setting) == 0;
    free(line);
    return found;
}

static bool process_has(int proc, const char *number, const char *setting)
{
    char path[280];
    snprintf(path, sizeof path, "%s/environ", number);
    int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
    FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (!stream) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool has = stream_has(stream, setting);
    fclose(stream);
    return has;
}

/* Opens the process before it reads the environment, so that its number cannot mean another process. */
static int open_if_related(int proc, const char *number, const char *setting)
{
    pid_t process = (pid_t)strtol(number, NULL, 10);
    if (process <= 0 || process == getpid() || process == getppid() || !process_has(proc, number, setting))
        return -1;
    int fd = (int)syscall(SYS_pidfd_open, process, 0);
    if (fd >= 0 && process_has(proc, number, setting))
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

int relatives_find(const char *setting)
{
    DIR *proc = opendir("/proc");
    int found = -1;
    if (!proc)
        return -1;
    for (struct dirent *entry; found < 0 && (entry = readdir(proc));)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
            found = open_if_related(dirfd(proc), entry->d_name, setting);
    closedir(proc);
    return found;
}
