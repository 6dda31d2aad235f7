#include "prune.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../../ring/ring.h"
#include "../grow.h"
#include "../log/ringlife.h"
#include "../log/ringsearch.h"

/*
 * The most names that are read, and files that are looked at, in some milliseconds: a directory that everybody may
 * write to must not make a start slow. A later run removes the rest.
 */
#define NAMES_MOST 20000
#define LOOKS_MOST 2048

/* A ring whose process has ended; another process of its server may still write to it. */
struct relic {
    uint64_t born_ns, size;
    ino_t inode;
    char *name;
};

struct relics {
    struct relic *of;
    size_t count, room;
    uint64_t size;
};

bool prune_read(const char *text, struct prune_limit *limit)
{
    char *end;
    *limit = (struct prune_limit){.count = PRUNE_COUNT, .size = PRUNE_SIZE};
    if (!text)
        return true;
    if (strcmp(text, "all") == 0) {
        *limit = (struct prune_limit){UINT64_MAX, UINT64_MAX};
        return true;
    }
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    limit->count = strtoull(text, &end, 10);
    if (*end != ',' || errno)
        return *end == '\0' && !errno;
    text = end + 1;
    unsigned long long size = strtoull(text, &end, 10);
    int shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    limit->size = size << shift;
    return text[0] >= '0' && text[0] <= '9' && !errno && end[shift > 0] == '\0' && limit->size >> shift == size;
}

/* --- which --- */

static bool has_ended(uint32_t pid)
{
    return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static bool add(struct relics *all, const char *name, uint64_t born_ns, const struct stat *status)
{
    if (!grow(&all->of, all->count, &all->room, sizeof *all->of))
        return false;
    struct relic relic = {
        .born_ns = born_ns, .size = (uint64_t)status->st_blocks * 512, .inode = status->st_ino, .name = strdup(name)};
    if (!relic.name)
        return false;
    all->of[all->count++] = relic;
    all->size += relic.size;
    return true;
}

/* Whether the name is one that was made of a process that has ended, and a time. */
static bool is_relic(const char *name, uint64_t *born_ns)
{
    size_t length;
    uint32_t pid;
    return ring_name_read(name, &length, &pid, born_ns) && has_ended(pid);
}

static void find(struct relics *all, DIR *listing)
{
    const struct dirent *entry;
    struct stat status;
    uint64_t born_ns;
    int looks = 0;
    for (int names = 0; names < NAMES_MOST && looks < LOOKS_MOST && (entry = readdir(listing)); names++) {
        if (!is_relic(entry->d_name, &born_ns))
            continue;
        looks++;
        if (fstatat(dirfd(listing), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
            status.st_uid == geteuid() && !add(all, entry->d_name, born_ns, &status))
            return;
    }
}

static int by_age(const void *one, const void *other)
{
    const struct relic *a = one, *b = other;
    return (a->born_ns > b->born_ns) - (a->born_ns < b->born_ns);
}

/* --- removing --- */

/* False also for a file of another version and a damaged one, of which it cannot be known. */
static bool has_no_record(int fd)
{
    struct ring ring;
    if (ring_open_fd_to_read(&ring, fd) != NULL)
        return false;
    bool is_empty = cursor_newest(&ring, 0) == 0;
    ring_close(&ring);
    return is_empty;
}

/*
 * Removes it if nobody writes to it, and it has no record or `is_beyond` the limit. Returns whether it still counts:
 * what another process of the server writes to is not dead.
 */
static bool stays(int directory, const struct relic *relic, bool is_beyond)
{
    struct stat status;
    int fd = openat(directory, relic->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    bool dead = fstat(fd, &status) == 0 && status.st_ino == relic->inode && S_ISREG(status.st_mode) &&
                ring_has_magic(fd) && ring_hold(fd) == LIFE_ENDED;
    if (dead && (is_beyond || has_no_record(fd))) /* somebody else may have been quicker */
        dead = unlinkat(directory, relic->name, 0) != 0 && errno != ENOENT;
    close(fd);
    return dead;
}

static void remove_beyond(struct relics *all, int directory, const struct prune_limit *limit)
{
    size_t count = all->count;
    uint64_t size = all->size;
    for (size_t i = 0; i < all->count; i++) {
        if (stays(directory, &all->of[i], count > limit->count || size > limit->size))
            continue;
        count--;
        size -= all->of[i].size;
    }
}

void prune(const char *directory, const struct prune_limit *limit)
{
    struct relics all = {0};
    DIR *listing = limit->count == UINT64_MAX ? NULL : opendir(directory);
    if (!listing)
        return;
    find(&all, listing);
    if (all.count)
        qsort(all.of, all.count, sizeof *all.of, by_age);
    remove_beyond(&all, dirfd(listing), limit);
    for (size_t i = 0; i < all.count; i++)
        free(all.of[i].name);
    free(all.of);
    closedir(listing);
}
