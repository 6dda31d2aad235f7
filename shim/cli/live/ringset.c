#include "ringset.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../grow.h"
#include "../log/choose.h"
#include "../log/ringsearch.h"
#include "../number.h"
#include "guard.h"

void ringset_break(struct live_ring *ring, const char *fault)
{
    if (ring->is_followed)
        cursor_close(&ring->cursor);
    if (!ring->fault)
        ring_close(&ring->ring);
    ring->is_followed = false;
    ring->fault = fault;
    ring->count = 0;
}

static void forget(struct live_ring *ring)
{
    ringset_break(ring, "");
    free(ring->listeners);
    free(ring->path);
    free(ring);
}

/* --- opening --- */

static bool is_that_file(int fd, const struct file_identity *file)
{
    struct plain_device plain = {0};
    struct file_identity found;
    return file_identify(fd, &found, &plain) && is_same_file(&found, file);
}

/*
 * The very file that the process has mapped. Only some may open that (CAP_CHECKPOINT_RESTORE); for others its path, in
 * the process's own tree of files, must lead to it.
 */
static int open_mapped(const struct process *process)
{
    char path[PATH_MAX + 64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%u/map_files/%llx-%llx", process->pid, (unsigned long long)process->ring_start,
             (unsigned long long)process->ring_end);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    snprintf(path, sizeof path, "/proc/%u/root%s", process->pid, process->ring);
    if (lstat(path, &status) == 0 && !S_ISREG(status.st_mode)) { /* only to open a device can start it */
        errno = ENOENT;
        return -1;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
    if (fd < 0 || is_that_file(fd, &process->ring_file))
        return fd;
    close(fd);
    errno = ENOENT;
    return -1;
}

static const char *open_error(int error)
{
    return error == ENOENT   ? "was removed while it is in use"
           : error == EACCES ? "is another user's"
                             : "cannot be opened";
}

/* Returns NULL if there is no memory. Closes `fd`; a negative one stands for the error of opening the file. */
static struct live_ring *add(struct ringset *set, const char *path, int fd, const struct file_identity *file)
{
    struct live_ring *ring = calloc(1, sizeof *ring);
    const char *fault = fd < 0 ? open_error(errno) : NULL;
    if (ring)
        ring->path = strdup(path);
    if (ring && ring->path && grow(&set->of, set->count, &set->room, sizeof *set->of)) {
        ring->file = *file;
        ring->fault = fault ? fault : ring_open_fd_to_read(&ring->ring, fd);
        set->of[set->count++] = ring;
    } else if (ring) {
        free(ring->path);
        free(ring);
        ring = NULL;
    }
    if (fd >= 0)
        close(fd);
    return ring;
}

static struct live_ring *find(const struct ringset *set, const struct file_identity *file)
{
    for (size_t i = 0; i < set->count; i++)
        if (is_same_file(&set->of[i]->file, file))
            return set->of[i];
    return NULL;
}

/* --- what is chosen --- */

static bool is_file(const char *what)
{
    return what && strchr(what, '/');
}

static bool process_is_chosen(const struct live_choice *choice, const struct process *process)
{
    uint32_t pid;
    if (!choice->what || is_file(choice->what))
        return true;
    return number_read_pid(choice->what, &pid) ? process->pid == pid
                                               : strncmp(process->name, choice->what, sizeof process->name - 1) == 0;
}

struct search {
    const char *name;
    uint32_t pid; /* 0: by name */
    const struct ring *ring;
    bool found;
};

/* Whether the process made the ring, or started in it. */
static bool ring_has_process(const struct ring *ring, uint32_t pid)
{
    struct record start;
    return ring->header->pid == pid || ring_find_start(ring, pid, &start);
}

/* By guard_run. */
static void search_ring(void *context)
{
    struct search *search = context;
    search->found =
        search->pid ? ring_has_process(search->ring, search->pid) : ring_has_name(search->ring, search->name, NULL);
}

static bool ring_is_chosen(const struct live_choice *choice, const struct live_ring *ring)
{
    struct search search = {.name = choice->what, .ring = &ring->ring};
    if (!choice->what || is_file(choice->what) || ring->fault)
        return !choice->what || is_file(choice->what);
    number_read_pid(choice->what, &search.pid);
    return guard_run(search_ring, &search) && search.found;
}

/* --- bringing up to date --- */

static bool take_process(struct ringset *set, const struct process *process)
{
    if (!process->ring)
        return true;
    struct live_ring *ring = find(set, &process->ring_file);
    if (is_file(set->choice.what) && !ring)
        return true;
    if (!ring)
        ring = add(set, process->ring, open_mapped(process), &process->ring_file);
    if (!ring)
        return false;
    if (ring->writers++ == 0)
        ring->writer = process->pid;
    ring->lives = true;
    ring->own_network |= process->own_network;
    ring->wanted |= process_is_chosen(&set->choice, process) || ring_is_chosen(&set->choice, ring);
    return true;
}

struct visit {
    struct ringset *set;
    struct plain_device plain;
    bool failed;
};

/* A ring that nobody writes to. */
static void take_ended(const struct ring_found *found, void *context)
{
    struct visit *visit = context;
    struct file_identity file;
    if (found->kind != RING_FILE || !file_identify(found->fd, &file, &visit->plain))
        return;
    struct live_ring *ring = find(visit->set, &file);
    if (!ring)
        ring = add(visit->set, found->path, fcntl(found->fd, F_DUPFD_CLOEXEC, 0), &file);
    if (ring)
        ring->wanted |= ring_is_chosen(&visit->set->choice, ring);
    else
        visit->failed = true;
}

/* The file that was chosen by its path, at the first look: its ring stays open. */
static int take_file(struct ringset *set)
{
    struct file_identity file = {0};
    struct plain_device plain = {0};
    struct stat status;
    if (set->count)
        return 0;
    /* what is no file is not opened: that can start a device */
    bool is_regular = stat(set->choice.what, &status) != 0 || S_ISREG(status.st_mode);
    int fd = is_regular ? open(set->choice.what, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1, error = errno;
    if (fd < 0 && is_regular)
        return error;
    if (fd < 0)
        return ENOTSUP;
    file_identify(fd, &file, &plain);
    struct live_ring *ring = add(set, set->choice.what, fd, &file);
    return ring ? 0 : ENOMEM;
}

/* Closes the rings that the last look at the processes did not find. */
static void drop_unwanted(struct ringset *set)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++)
        if (set->of[i]->wanted)
            set->of[kept++] = set->of[i];
        else
            forget(set->of[i]);
    set->count = kept;
}

int ringset_update(struct ringset *set)
{
    struct visit visit = {.set = set};
    bool named = is_file(set->choice.what);
    int error = scan_processes(&set->scan, false);
    if (!error && named)
        error = take_file(set);
    for (size_t i = 0; i < set->count; i++) {
        set->of[i]->lives = set->of[i]->own_network = false;
        set->of[i]->writers = 0;
        set->of[i]->wanted = named;
    }
    for (size_t i = 0; !error && i < set->scan.count; i++)
        if (!take_process(set, &set->scan.of[i]))
            error = ENOMEM;
    if (!error && set->choice.ended && !named)
        rings_visit(false, take_ended, &visit);
    drop_unwanted(set);
    return visit.failed ? ENOMEM : error;
}

void ringset_free(struct ringset *set)
{
    for (size_t i = 0; i < set->count; i++)
        forget(set->of[i]);
    free(set->of);
    scan_free(&set->scan);
    *set = (struct ringset){0};
}
