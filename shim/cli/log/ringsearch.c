#include "ringsearch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../../ring/place.h"
#include "../../ring/ring.h"
#include "../live/guard.h"
#include "mappings.h"

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

bool ring_name_read(const char *name, size_t *length, uint32_t *pid, uint64_t *born_ns)
{
    static const char front[] = "listenas-";
    enum ring_file kind;
    char *end;
    if (!is_ring_name(name, &kind) || kind != RING_FILE)
        return false;
    const char *born = strrchr(name, '-'), *number = born;
    while (number > name + sizeof front && number[-1] != '-')
        number--;
    if (number <= name + sizeof front || number == born)
        return false;
    *pid = (uint32_t)strtoul(number, &end, 10);
    if (end != born)
        return false;
    *born_ns = strtoull(born + 1, &end, 16);
    *length = (size_t)(number - 1 - name);
    return end > born + 1 && strcmp(end, ".ring") == 0;
}

static bool is_own_file(const struct stat *status)
{
    return status->st_uid == geteuid();
}

/* Opens the file; another user's only if `others`. Looks before as well: to open what is no file can start a device. */
static bool open_found(struct ring_found *found, bool others)
{
    struct stat *status = &found->status;
    if (fstatat(found->directory, found->name, status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status->st_mode))
        return false;
    found->is_own = is_own_file(status);
    if (!found->is_own && !others)
        return false;
    found->fd = openat(found->directory, found->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (found->fd < 0)
        return !found->is_own;
    if (fstat(found->fd, status) == 0 && S_ISREG(status->st_mode) && found->is_own == is_own_file(status))
        return true;
    close(found->fd);
    return false;
}

bool ring_is_still_there(const struct ring_found *found)
{
    struct stat now;
    return fstatat(found->directory, found->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
           now.st_dev == found->status.st_dev && now.st_ino == found->status.st_ino;
}

/* What one visit goes through. */
struct search {
    bool others;
    ring_visit visit;
    void *context;
    struct stat named; /* the file that LISTENAS_RING names; all zero for none */
};

static void visit_found(const struct search *search, struct ring_found *found)
{
    if (!open_found(found, search->others))
        return;
    search->visit(found, search->context);
    if (found->fd >= 0)
        close(found->fd);
}

static bool is_named(const struct search *search, const struct dirent *entry, int directory)
{
    struct stat status;
    return search->named.st_ino && entry->d_ino == search->named.st_ino &&
           fstatat(directory, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           status.st_dev == search->named.st_dev;
}

static void visit_directory(const char *directory, const struct search *search)
{
    char path[PATH_MAX];
    DIR *listing = opendir(directory);
    struct dirent *entry;
    while (listing && (entry = readdir(listing))) {
        struct ring_found found = {.path = path, .directory = dirfd(listing), .name = entry->d_name};
        if (!is_ring_name(entry->d_name, &found.kind) || is_named(search, entry, found.directory))
            continue;
        if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) < (int)sizeof path)
            visit_found(search, &found);
    }
    if (listing)
        closedir(listing);
}

/* Whether the directory exists and is none of the `count` in `seen`; then it is written after them. */
static bool is_new_directory(const char *path, struct stat *seen, int count)
{
    if (!path || path[0] != '/' || stat(path, &seen[count]) != 0 || !S_ISDIR(seen[count].st_mode))
        return false;
    for (int i = 0; i < count; i++)
        if (seen[i].st_dev == seen[count].st_dev && seen[i].st_ino == seen[count].st_ino)
            return false;
    return true;
}

/* The directory in which LISTENAS_RING has rings made, or the file that it names; empty for none. */
static void read_setting(char *directory, char *file)
{
    struct ring_place place;
    bool is_valid = ring_place(getenv("LISTENAS_RING"), "", 0, 0, &place) == NULL && !place.off;
    strcpy(directory, is_valid && !place.named ? place.path : "");
    strcpy(file, is_valid && place.named ? place.path : "");
    if (directory[0])
        *strrchr(directory, '/') = '\0';
}

void rings_visit(bool others, ring_visit visit, void *context)
{
    char directory[RING_PATH_MAX], file[RING_PATH_MAX];
    const char *const directories[] = {directory, ring_directory(), "/dev/shm"};
    struct search search = {.others = others, .visit = visit, .context = context};
    struct stat seen[sizeof directories / sizeof *directories];
    int count = 0;
    read_setting(directory, file);
    if (file[0] && lstat(file, &search.named) == 0)
        visit_found(&search, &(struct ring_found){.path = file, .directory = AT_FDCWD, .name = file});
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        if (is_new_directory(directories[i], seen, count)) {
            count++;
            visit_directory(directories[i], &search);
        }
    }
}

int ring_visit_path(const char *path, ring_visit visit, void *context)
{
    struct ring_found found = {.path = path, .directory = AT_FDCWD, .name = path};
    struct stat status;
    if (lstat(path, &status) != 0)
        return errno;
    if (!S_ISREG(status.st_mode))
        return EINVAL;
    if (!is_own_file(&status))
        return EPERM;
    if (!open_found(&found, false))
        return EACCES;
    visit(&found, context);
    close(found.fd);
    return 0;
}

struct newest {
    uint32_t pid;
    char *path;
    size_t size;
    uint64_t last_ns;
};

struct last_search {
    const struct ring *ring;
    uint32_t pid;
    uint64_t last_ns;
};

static void find_last(void *context)
{
    struct last_search *search = context;
    search->last_ns = cursor_newest(search->ring, search->pid);
    if (search->last_ns == 0 && (search->pid == 0 || search->ring->header->pid == search->pid))
        search->last_ns = search->ring->header->born_ns;
}

/*
 * Writes through a mapping do not move a file's time, so the ring itself is asked for its last record's; 0 if it has
 * none of the process, or was cut short.
 */
static uint64_t last_time(const struct ring *ring, uint32_t pid)
{
    struct last_search search = {.ring = ring, .pid = pid};
    return guard_run(find_last, &search) ? search.last_ns : 0;
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

/* The path of the file that LISTENAS_RING names, if it is a ring with a record of the process. */
static bool name_own(uint32_t pid, char *path, size_t size)
{
    char directory[RING_PATH_MAX], file[RING_PATH_MAX];
    struct ring ring;
    read_setting(directory, file);
    if (!file[0] || strlen(file) >= size || ring_open_to_read(&ring, file) != NULL)
        return false;
    bool has = last_time(&ring, pid) > 0;
    ring_close(&ring);
    if (has)
        strcpy(path, file);
    return has;
}

bool rings_newest(uint32_t pid, char *path, size_t size)
{
    struct newest newest = {.pid = pid, .path = path, .size = size};
    if ((pid && mapped_ring((pid_t)pid, path, size)) || name_own(pid, path, size))
        return true;
    path[0] = '\0';
    rings_visit(false, visit_newest, &newest);
    return path[0] != '\0';
}
