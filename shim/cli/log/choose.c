#include "choose.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../../ring/keep.h"
#include "../cli.h"
#include "../live/guard.h"
#include "../number.h"
#include "address.h"
#include "ringsearch.h"

#define NAME_SIZE 64

/* A search by name: the best of the rings that have it, and the nearest of the names that they have. */
struct search {
    const char *name;
    char *path;
    size_t size;
    uint64_t latest_ns; /* of the ring at `path` */
    struct suggestion *nearest;
};

static bool is_name(const char *wanted, const char *text, size_t length, struct suggestion *nearest)
{
    char name[NAME_SIZE];
    if (length == 0 || length >= sizeof name)
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    if (nearest)
        suggest_try(nearest, name);
    return strcmp(name, wanted) == 0;
}

/* By the base names of the words of its command line. */
static bool command_has_name(const struct ring_header *header, const char *name, struct suggestion *nearest)
{
    size_t size = header->command_size < sizeof header->command ? header->command_size : sizeof header->command;
    bool has = false;
    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *word = header->command + at;
        length = strnlen(word, size - at);
        const char *slash = memrchr(word, '/', length), *base = slash ? slash + 1 : word;
        has |= word[0] != '-' && is_name(name, base, length - (size_t)(base - word), nearest);
    }
    return has;
}

static bool programs_have_name(const struct ring *ring, const char *name, struct suggestion *nearest)
{
    const struct ring_process *process;
    struct record start;
    uint64_t number;
    bool has = false;
    for (uint32_t i = 1; (process = ring_process(ring, i)); i++) {
        if (!ring_kept(&process->start, &number, &start))
            continue;
        const struct start_names names = start_names(&start);
        has |= is_name(name, names.program, names.program_length, nearest);
    }
    return has;
}

bool ring_has_name(const struct ring *ring, const char *name, struct suggestion *nearest)
{
    bool by_command = command_has_name(ring->header, name, nearest);
    return programs_have_name(ring, name, nearest) || by_command;
}

/* What a search finds in one ring. */
struct look {
    const struct ring *ring;
    const struct search *search;
    uint64_t latest_ns;
    bool has_name;
};

static void look_into(void *context)
{
    struct look *look = context;
    look->latest_ns = cursor_newest(look->ring, 0);
    look->latest_ns = look->latest_ns ? look->latest_ns : look->ring->header->born_ns;
    look->has_name = ring_has_name(look->ring, look->search->name, look->search->nearest);
}

static void visit(const struct ring_found *found, void *context)
{
    struct search *search = context;
    struct ring ring;
    struct look look = {.ring = &ring, .search = search};
    if (found->kind != RING_FILE || ring_open_fd_to_read(&ring, found->fd) != NULL)
        return;
    bool is_whole = guard_run(look_into, &look);
    ring_close(&ring);
    if (is_whole && look.has_name && look.latest_ns >= search->latest_ns && strlen(found->path) < search->size) {
        search->latest_ns = look.latest_ns;
        strcpy(search->path, found->path);
    }
}

/* Whether the file of this name, without a slash, is meant: a ring, or what is called one and is to be told of. */
static bool is_ring(const char *name)
{
    struct ring ring;
    const char *suffix = strrchr(name, '.');
    if (suffix && strcmp(suffix, ".ring") == 0)
        return access(name, F_OK) == 0;
    if (ring_open_to_read(&ring, name) != NULL)
        return false;
    ring_close(&ring);
    return true;
}

/* A file of a server's name is its program, more likely than its ring. */
static bool choose_name(const char *name, char *path, size_t size)
{
    char best[NAME_SIZE];
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    struct search search = {.name = name, .path = path, .size = size, .nearest = &nearest};
    path[0] = '\0';
    rings_visit(false, visit, &search);
    if (!path[0] && is_ring(name))
        snprintf(path, size, "%s", name);
    if (!path[0])
        say_unknown("server", &nearest, "listenas log --list");
    return path[0] != '\0';
}

static bool choose_process(uint32_t pid, char *path, size_t size)
{
    if (rings_newest(pid, path, size))
        return true;
    if (pid)
        say("there is no record of process %u", pid);
    else
        say("there is no record: no program of yours has been run with listenas, or it made no call yet");
    return false;
}

int choose_server(const char *word, char *path, size_t size)
{
    uint32_t pid = 0;
    if (!word || number_read_pid(word, &pid))
        return choose_process(pid, path, size) ? 0 : word ? STATUS_USAGE : STATUS_OWN;
    if (!strchr(word, '/'))
        return choose_name(word, path, size) ? 0 : STATUS_USAGE;
    if (strlen(word) < size) {
        strcpy(path, word);
        return 0;
    }
    say("%s: the path is too long", word);
    return STATUS_USAGE;
}
