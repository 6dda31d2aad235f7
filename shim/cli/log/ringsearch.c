#include "ringsearch.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../../ring/place.h"
#include "../../ring/ring.h"

/* "listenas-NAME.ring", or for a draft "listenas-NAME.ring-TID-TIME"; false for anything else. */
static bool is_ring_name(const char *name, enum ring_file *kind)
{
    const char *end = NULL;
    if (strncmp(name, "listenas-", 9) != 0)
        return false;
    for (const char *next = name; (next = strstr(next, ".ring")); next++)
        end = next + sizeof ".ring" - 1;
    if (!end)
        return false;
    *kind = *end == '\0' ? RING_FILE : RING_DRAFT;
    return *end == '\0' || (*end == '-' && end[strspn(end, "-0123456789")] == '\0');
}

static bool is_own_file(const struct stat *status)
{
    return S_ISREG(status->st_mode) && status->st_uid == geteuid();
}

/* Opens the file if it is this user's. Looks before as well: to open what is no file can start a device. */
static bool open_found(struct ring_found *found)
{
    struct stat *status = &found->status;
    if (fstatat(found->directory, found->name, status, AT_SYMLINK_NOFOLLOW) != 0 || !is_own_file(status))
        return false;
    found->fd = openat(found->directory, found->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (found->fd < 0)
        return false;
    if (fstat(found->fd, status) == 0 && is_own_file(status))
        return true;
    close(found->fd);
    return false;
}

static void visit_directory(const char *directory, ring_visit visit, void *context)
{
    char path[PATH_MAX];
    DIR *listing = opendir(directory);
    struct dirent *entry;
    while (listing && (entry = readdir(listing))) {
        struct ring_found found = {.path = path, .directory = dirfd(listing), .name = entry->d_name};
        int length = snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        if (!is_ring_name(entry->d_name, &found.kind) || length >= (int)sizeof path || !open_found(&found))
            continue;
        visit(&found, context);
        close(found.fd);
    }
    if (listing)
        closedir(listing);
}

/* Whether a directory is there that is none of the `count` in `seen`; it is the next of them then. */
static bool is_new_directory(const char *path, struct stat *seen, int count)
{
    if (!path || path[0] != '/' || stat(path, &seen[count]) != 0 || !S_ISDIR(seen[count].st_mode))
        return false;
    for (int i = 0; i < count; i++)
        if (seen[i].st_dev == seen[count].st_dev && seen[i].st_ino == seen[count].st_ino)
            return false;
    return true;
}

void rings_visit(ring_visit visit, void *context)
{
    const char *const directories[] = {getenv("LISTENAS_RING"), ring_directory(), "/dev/shm"};
    struct stat seen[sizeof directories / sizeof *directories];
    int count = 0;
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        if (is_new_directory(directories[i], seen, count)) {
            count++;
            visit_directory(directories[i], visit, context);
        }
    }
}

struct newest {
    uint32_t pid;
    char *path;
    size_t size;
    uint64_t last_ns;
};

/*
 * Writes through a mapping do not move a file's time, so the ring itself is asked for its last record's; 0 if it has
 * none of the process.
 */
static uint64_t last_time(const struct ring *ring, uint32_t pid)
{
    uint64_t last = cursor_newest(ring, pid);
    return last == 0 && (pid == 0 || ring->header->pid == pid) ? ring->header->born_ns : last;
}

static void visit_newest(const struct ring_found *found, void *context)
{
    struct newest *newest = context;
    struct ring ring;
    if (found->kind != RING_FILE || ring_open_fd_to_read(&ring, found->fd) != NULL)
        return;
    uint64_t last = last_time(&ring, newest->pid);
    ring_close(&ring);
    if (last > 0 && last >= newest->last_ns && strlen(found->path) < newest->size) {
        newest->last_ns = last;
        strcpy(newest->path, found->path);
    }
}

bool rings_newest(uint32_t pid, char *path, size_t size)
{
    struct newest newest = {.pid = pid, .path = path, .size = size};
    path[0] = '\0';
    rings_visit(visit_newest, &newest);
    return path[0] != '\0';
}
