#include "rings.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../ring/place.h"
#include "../ring/ring.h"
#include "cli.h"
#include "printer.h"

typedef void (*ring_visit)(const char *path, const struct stat *status, void *context);

static bool is_ring_name(const char *name)
{
    size_t length = strlen(name);
    return strncmp(name, "listenas-", 9) == 0 && length > 14 && strcmp(name + length - 5, ".ring") == 0;
}

static void visit_folder(const char *folder, ring_visit visit, void *context)
{
    char path[PATH_MAX];
    struct stat status;
    DIR *listing = opendir(folder);
    struct dirent *entry;
    while (listing && (entry = readdir(listing))) {
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (is_ring_name(entry->d_name) && length < (int)sizeof path && lstat(path, &status) == 0 &&
            S_ISREG(status.st_mode) && status.st_uid == geteuid())
            visit(path, &status, context);
    }
    if (listing)
        closedir(listing);
}

/* LISTENAS_RING's folder if it names one, the runtime folder, and /dev/shm, where servers without one write. */
static void visit_all(ring_visit visit, void *context)
{
    const char *set = getenv("LISTENAS_RING"), *usual = ring_folder();
    struct stat status;
    if (set && set[0] == '/' && stat(set, &status) == 0 && S_ISDIR(status.st_mode) && strcmp(set, usual) != 0)
        visit_folder(set, visit, context);
    visit_folder(usual, visit, context);
    if (strcmp(usual, "/dev/shm") != 0)
        visit_folder("/dev/shm", visit, context);
}

struct newest {
    char *path;
    size_t size;
    uint64_t last_ns;
};

/* Writes through a mapping do not move a file's time, so the ring itself is asked for its last record's. */
static uint64_t last_time(const struct ring *ring)
{
    struct record record;
    uint64_t head = ring_head(ring);
    for (uint64_t back = 1; back <= head && back <= ring->mask + UINT64_C(1); back++)
        if (ring_read(ring, head - back, &record) == RING_RECORD)
            return record.time_ns;
    return ring->header->born_ns;
}

static void visit_newest(const char *path, const struct stat *status, void *context)
{
    struct newest *newest = context;
    struct ring ring;
    (void)status;
    if (ring_open_to_read(&ring, path) != NULL)
        return;
    uint64_t last = last_time(&ring);
    ring_close(&ring);
    if (last >= newest->last_ns && strlen(path) < newest->size) {
        newest->last_ns = last;
        strcpy(newest->path, path);
    }
}

bool rings_newest(char *path, size_t size)
{
    struct newest newest = {.path = path, .size = size};
    path[0] = '\0';
    visit_all(visit_newest, &newest);
    return path[0] != '\0';
}

/* Whether a process of this number runs that maps the ring: the number alone may be somebody else's by now. */
static bool is_used(uint32_t pid, const char *path)
{
    char maps[64], line[PATH_MAX + 128];
    bool used = false;
    snprintf(maps, sizeof maps, "/proc/%u/maps", pid);
    FILE *file = fopen(maps, "re");
    if (!file)
        return errno == EACCES || (errno != ENOENT && kill((pid_t)pid, 0) == 0);
    while (!used && fgets(line, sizeof line, file))
        used = strstr(line, path) != NULL;
    fclose(file);
    return used;
}

/* A ring is in use as long as any process that wrote to it still maps it: the server may have handed over to a child. */
static bool is_alive(const struct ring *ring, const char *path)
{
    struct record record;
    uint64_t head = ring_head(ring);
    uint32_t last = ring->header->pid;
    if (is_used(last, path))
        return true;
    for (uint64_t back = 1; back <= head && back <= ring->mask + UINT64_C(1); back++) {
        if (ring_read(ring, head - back, &record) != RING_RECORD || record.pid == last)
            continue;
        last = record.pid;
        if (is_used(last, path))
            return true;
    }
    return false;
}

static void visit_list(const char *path, const struct stat *status, void *context)
{
    struct ring ring;
    char command[128], profile[80];
    const char *fault = ring_open_to_read(&ring, path);
    (void)status;
    ++*(int *)context;
    if (fault) {
        printf("%s  %s\n", path, fault);
        return;
    }
    const struct ring_header *header = ring.header;
    format_bytes(header->command, strnlen(header->command, sizeof header->command), command, sizeof command);
    format_bytes(header->profile, strnlen(header->profile, sizeof header->profile), profile, sizeof profile);
    printf("%s  %s (pid %u) as %s, %llu records, %s\n", path, command, header->pid, profile,
           (unsigned long long)ring_head(&ring), is_alive(&ring, path) ? "runs" : "ended");
    ring_close(&ring);
}

void rings_list(void)
{
    int found = 0;
    visit_all(visit_list, &found);
    if (!found)
        puts("no rings: no program of yours has been recorded");
}

static void visit_remove(const char *path, const struct stat *status, void *context)
{
    struct ring ring;
    (void)status;
    (void)context;
    if (ring_open_to_read(&ring, path) != NULL)
        return;
    if (!is_alive(&ring, path)) {
        if (unlink(path) == 0)
            printf("removed %s\n", path);
        else
            say("%s: %s", path, strerror(errno));
    }
    ring_close(&ring);
}

void rings_remove_dead(void)
{
    visit_all(visit_remove, NULL);
}
