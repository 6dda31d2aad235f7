#include "scan.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../grow.h"
#include "../path.h"
#include "../proc.h"

#define LIBRARY "liblistenas.so"
#define DELETED " (deleted)"

/* --- /proc/PID/maps: proc(5) --- */

static bool is_library(const char *path)
{
    const char *name = base_name(path);
    return strcmp(name, LIBRARY) == 0 || strcmp(name, LIBRARY DELETED) == 0;
}

/* Whether a mapping can be that of a ring: all of a file from its beginning, shared, and written to. */
static bool may_be_ring(const struct mapping *mapping)
{
    return strcmp(mapping->rights, "rw-s") == 0 && mapping->offset == 0 && mapping->path[0] == '/' &&
           strstr(mapping->path, ".ring");
}

/*
 * The kernel knows the name under which a file was opened. Who makes a ring makes it as a draft, NAME.ring-TID-TIME,
 * and gives it its name when it is whole; the draft's name is gone then.
 */
static char *path_of_ring(const char *mapped)
{
    char *path = strdup(mapped), *end = NULL;
    for (char *next = path; next && (next = strstr(next, ".ring")); next++)
        end = next + strlen(".ring");
    const char *rest = end ? end + (*end == '-' ? strspn(end, "-0123456789") : 0) : NULL;
    if (rest && (!*rest || strcmp(rest, DELETED) == 0))
        *end = '\0';
    return path;
}

/* False if there is no memory. */
static bool take_mapping(struct process *process, const struct mapping *mapping)
{
    if (!process->library && is_library(mapping->path))
        return (process->library = strdup(mapping->path));
    if (process->ring || !may_be_ring(mapping))
        return true;
    process->ring_start = mapping->start;
    process->ring_end = mapping->end;
    process->ring_file = mapping->file;
    return (process->ring = path_of_ring(mapping->path));
}

/* Returns 0 or an errno. Most lines are of no interest, and are not taken apart. */
static int read_maps(struct process *process)
{
    char line[MAPS_LINE];
    struct mapping mapping;
    FILE *maps = maps_open(process->pid);
    if (!maps)
        return errno;
    int error = 0;
    while (!error && fgets(line, sizeof line, maps)) {
        process->has_memory = true;
        if ((strstr(line, LIBRARY) || strstr(line, " rw-s ")) && maps_read_line(line, &mapping) &&
            !take_mapping(process, &mapping))
            error = ENOMEM;
    }
    fclose(maps);
    return error;
}

/* --- what else is told of a process --- */

static bool is_own_network(uint32_t pid)
{
    char path[64];
    struct stat own, other;
    snprintf(path, sizeof path, "/proc/%u/ns/net", pid);
    return stat("/proc/self/ns/net", &own) == 0 && stat(path, &other) == 0 && own.st_ino == other.st_ino &&
           own.st_dev == other.st_dev;
}

static void describe(struct process *process)
{
    char path[PATH_MAX + 64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%u/root%s", process->pid, process->ring ? process->ring : "");
    process->ring_is_gone = process->ring && stat(path, &status) != 0 && errno == ENOENT;
    snprintf(path, sizeof path, "/proc/%u/comm", process->pid);
    proc_read(path, process->name, sizeof process->name);
    snprintf(path, sizeof path, "/proc/%u", process->pid);
    process->user = stat(path, &status) == 0 ? status.st_uid : (uid_t)-1;
    process->started_ns = proc_started_ns(process->pid);
    process->own_network = is_own_network(process->pid);
}

/* --- all of them --- */

static void forget(struct process *process)
{
    free(process->library);
    free(process->ring);
}

/* Returns 0 or ENOMEM. One that has ended meanwhile is none. */
static int look_at(struct scan *scan, uint32_t pid, bool all)
{
    struct process process = {.pid = pid};
    int error = read_maps(&process);
    scan->hidden += error == EACCES || error == EPERM;
    if (error || !process.has_memory || !(all || process.library)) {
        forget(&process);
        return error == ENOMEM ? ENOMEM : 0;
    }
    if (!grow(&scan->of, scan->count, &scan->room, sizeof process)) {
        forget(&process);
        return ENOMEM;
    }
    describe(&process);
    scan->of[scan->count++] = process;
    return 0;
}

static int by_pid(const void *one, const void *other)
{
    const struct process *a = one, *b = other;
    return (a->pid > b->pid) - (a->pid < b->pid);
}

static void empty(struct scan *scan)
{
    for (size_t i = 0; i < scan->count; i++)
        forget(&scan->of[i]);
    scan->count = scan->hidden = 0;
}

int scan_processes(struct scan *scan, bool all)
{
    DIR *listing = opendir("/proc");
    struct dirent *entry;
    int error = listing ? 0 : errno;
    empty(scan);
    while (!error && listing && (entry = readdir(listing))) {
        unsigned long pid = strtoul(entry->d_name, NULL, 10);
        if (pid > 0 && pid <= INT_MAX && pid != (unsigned long)getpid())
            error = look_at(scan, (uint32_t)pid, all);
    }
    if (listing)
        closedir(listing);
    if (scan->count)
        qsort(scan->of, scan->count, sizeof *scan->of, by_pid);
    return error;
}

void scan_free(struct scan *scan)
{
    empty(scan);
    free(scan->of);
    *scan = (struct scan){0};
}

const struct process *scan_find(const struct scan *scan, uint32_t pid)
{
    const struct process wanted = {.pid = pid};
    return scan->count ? bsearch(&wanted, scan->of, scan->count, sizeof wanted, by_pid) : NULL;
}
