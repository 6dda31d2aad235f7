#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../profile/loader/visible.h"
#include "../clock.h"
#include "ringlife.h"
#include "ringsearch.h"

/* A time that is later than a limit by this is of a clock that was set back: no source waits for it. */
#define CLOCK_STEP_NS CLOCK_SECOND

static struct source *find(const struct sources *sources, const struct stat *status)
{
    struct source *source = sources->first;
    while (source && (source->device != status->st_dev || source->inode != status->st_ino))
        source = source->next;
    return source;
}

static void name_server(struct source *source)
{
    char name[64];
    visible_copy(name, sizeof name, source->context.maker.program, strlen(source->context.maker.program),
                 VISIBLE_EXACT);
    snprintf(source->server, sizeof source->server, "%.60s[%u]", name, source->ring.header->pid);
}

/* Begins to read what `source->fd` has open. NULL, or what is wrong. */
static const char *begin(struct source *source, enum cursor_mode mode)
{
    struct stat status;
    const char *fault = ring_open_fd_to_read(&source->ring, source->fd);
    if (fault)
        return fault;
    int error = cursor_open(&source->cursor, &source->ring, mode);
    if (error) {
        ring_close(&source->ring);
        return strerror(error);
    }
    if (fstat(source->fd, &status) == 0) {
        source->device = status.st_dev;
        source->inode = status.st_ino;
    }
    context_begin(&source->context, &source->ring);
    name_server(source);
    return NULL;
}

/* Whether the source has something to tell. */
static bool has_next(struct source *source)
{
    if (source->fd >= 0 && source->answer == CURSOR_END)
        source->answer = cursor_next(&source->cursor, &source->told);
    return source->answer != CURSOR_END;
}

/* Takes the descriptor. The order of the list does not matter. */
static const char *add(struct sources *sources, int fd)
{
    struct source *source = calloc(1, sizeof *source);
    if (!source) {
        close(fd);
        return strerror(ENOMEM);
    }
    source->fd = fd;
    source->answer = CURSOR_END;
    bool has_room = heap_reserve(&sources->ready, sources->count + 1);
    const char *fault = has_room ? begin(source, sources->mode) : strerror(ENOMEM);
    if (fault) {
        free(source);
        close(fd);
        return fault;
    }
    source->next = sources->first;
    sources->first = source;
    sources->count++;
    if (has_next(source))
        heap_add(&sources->ready, source);
    return NULL;
}

/* To open a device can start it, and to open what is no file can block. */
const char *sources_open(struct sources *sources, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return "is not a regular file";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return fd < 0 ? strerror(errno) : add(sources, fd);
}

static void visit(const struct ring_found *found, void *context)
{
    struct sources *sources = context;
    struct source *known = find(sources, &found->status);
    if (found->kind != RING_FILE)
        return;
    int fd = known ? -1 : fcntl(found->fd, F_DUPFD_CLOEXEC, 0);
    if (!known && fd < 0) {
        sources->left_out++;
        sources->left_out_error = errno;
    }
    if (fd >= 0 && add(sources, fd) == NULL)
        known = sources->first;
    if (known)
        known->is_seen = true;
}

void sources_find(struct sources *sources)
{
    for (struct source *source = sources->first; source; source = source->next)
        source->is_seen = false;
    sources->left_out = 0;
    rings_visit(false, visit, sources);
    for (struct source **link = &sources->first; *link;) {
        struct source *source = *link;
        if (source->is_seen || source->fd >= 0) {
            link = &source->next;
            continue;
        }
        *link = source->next;
        sources->count--;
        free(source);
    }
}

/* The time by which sources are merged; 0 for what comes before all records. */
uint64_t source_time(const struct source *source)
{
    const struct told *told = &source->told;
    if (source->answer == CURSOR_GAP)
        return told->missing.to_ns ? told->missing.to_ns : told->missing.from_ns;
    return source->answer == CURSOR_REPEATED ? told->repeats.last_ns : told->record.time_ns;
}

/* Moves the top source to its place after its record was taken. */
static void settle_top(struct source_heap *ready)
{
    if (ready->count == 0 || ready->of[0]->answer != CURSOR_END)
        return;
    if (has_next(ready->of[0]))
        heap_sink(ready);
    else
        heap_drop(ready);
}

struct source *sources_next(struct sources *sources, uint64_t until_ns)
{
    settle_top(&sources->ready);
    struct source *earliest = sources->ready.count ? sources->ready.of[0] : NULL;
    if (earliest && until_ns && source_time(earliest) > until_ns && source_time(earliest) - until_ns < CLOCK_STEP_NS)
        return NULL;
    return earliest;
}

void sources_look(struct sources *sources)
{
    for (struct source *source = sources->first; source; source = source->next) {
        if (source->fd < 0 || source->answer != CURSOR_END) /* it is among the ready ones */
            continue;
        cursor_look(&source->cursor);
        if (has_next(source))
            heap_add(&sources->ready, source);
    }
}

bool source_may_have_ended(const struct source *source)
{
    return kill((pid_t)source->ring.header->pid, 0) != 0 && errno == ESRCH;
}

bool source_has_ended(const struct source *source)
{
    return source->answer == CURSOR_END && !cursor_waits(&source->cursor) && ring_life(source->fd) == LIFE_ENDED;
}

void source_close(struct source *source)
{
    if (source->fd < 0)
        return;
    callers_forget(&source->callers);
    context_end(&source->context);
    cursor_close(&source->cursor);
    ring_close(&source->ring);
    close(source->fd);
    source->fd = -1;
    source->answer = CURSOR_END;
}

void sources_close(struct sources *sources)
{
    while (sources->first) {
        struct source *source = sources->first;
        sources->first = source->next;
        source_close(source);
        free(source);
    }
    heap_free(&sources->ready);
    sources->count = 0;
}
