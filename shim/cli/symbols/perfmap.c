#include "perfmap.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAP_MOST (64 << 20)

/* Anybody may make a file of this name in /tmp. */
static FILE *open_map(uint32_t pid)
{
    char path[40];
    struct stat status;
    snprintf(path, sizeof path, "/tmp/perf-%" PRIu32 ".map", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= MAP_MOST &&
        (status.st_uid == 0 || status.st_uid == geteuid()))
        return fdopen(fd, "r");
    if (fd >= 0)
        close(fd);
    return NULL;
}

/* Cuts ":12:5" or ":12" off a path; returns the first number, 0 for none. */
static int cut_line(char *path)
{
    int line = 0;
    for (int part = 0; part < 2; part++) {
        char *colon = strrchr(path, ':'), *end;
        long number = colon ? strtol(colon + 1, &end, 10) : 0;
        if (number < 1 || number > 100000000 || *end)
            break;
        line = (int)number;
        *colon = '\0';
    }
    return line;
}

/* "py::FUNCTION:PATH" */
static bool read_python(const char *name, struct symbol *out)
{
    const char *colon = strncmp(name, "py::", 4) == 0 ? strrchr(name, ':') : NULL;
    if (!colon || colon < name + 4)
        return false;
    snprintf(out->function, sizeof out->function, "%.*s", (int)(colon - name) - 4, name + 4);
    snprintf(out->file, sizeof out->file, "%s", colon + 1);
    return true;
}

/* "KIND:[~*^]FUNCTION PATH:LINE:COLUMN" */
static bool read_node(const char *name, struct symbol *out)
{
    const char *function = strchr(name, ':'), *path = strrchr(name, ' ');
    if (!function || !path || path < function)
        return false;
    function += 1 + strspn(function + 1, "~*^+");
    snprintf(out->function, sizeof out->function, "%.*s", path > function ? (int)(path - function) : 0, function);
    path += 1;
    path += strncmp(path, "file://", 7) == 0 ? 7 : 0;
    snprintf(out->file, sizeof out->file, "%s", path);
    out->line = cut_line(out->file);
    return true;
}

bool perf_map_of(uint32_t pid, uint64_t address, struct symbol *out)
{
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *map = open_map(pid);
    *out = (struct symbol){0};
    /* A later line replaces an earlier one of the same address. */
    while (map && getline(&line, &size, map) > 0) {
        uint64_t start, length;
        int name = 0;
        if (sscanf(line, "%" SCNx64 " %" SCNx64 " %n", &start, &length, &name) < 2 || name == 0 || address < start ||
            address - start >= length)
            continue;
        line[strcspn(line, "\n")] = '\0';
        *out = (struct symbol){0};
        found = read_python(line + name, out) || read_node(line + name, out);
        if (!found)
            snprintf(out->function, sizeof out->function, "%s", line + name);
        found = true;
    }
    free(line);
    if (map)
        fclose(map);
    return found;
}
