#include "choose.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../../ring/keep.h"
#include "../cli.h"
#include "../lookup.h"
#include "../number.h"
#include "printer.h"
#include "ringsearch.h"

#define NAME_SIZE 64

/* A search by name: the best of the rings that have it, and the nearest of the names that they have. */
struct search {
    const char *name;
    char *path;
    size_t size;
    uint64_t latest_ns; /* of the ring at `path` */
    struct suggestion *nearest;
    bool is_there; /* in the ring that is looked at */
};

static void try_name(struct search *search, const char *text, size_t length)
{
    char name[NAME_SIZE];
    if (length == 0 || length >= sizeof name)
        return;
    memcpy(name, text, length);
    name[length] = '\0';
    search->is_there |= strcmp(name, search->name) == 0;
    suggest_try(search->nearest, name);
}

/* The base names of the words of a command line. */
static void try_command(struct search *search, const struct ring_header *header)
{
    size_t size = header->command_size < sizeof header->command ? header->command_size : sizeof header->command;
    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *word = header->command + at;
        length = strnlen(word, size - at);
        const char *slash = memrchr(word, '/', length), *base = slash ? slash + 1 : word;
        if (word[0] != '-')
            try_name(search, base, length - (size_t)(base - word));
    }
}

static void try_programs(struct search *search, const struct ring *ring)
{
    const struct ring_process *process;
    struct record start;
    uint64_t number;
    for (uint32_t i = 1; (process = ring_process(ring, i)); i++) {
        if (!ring_kept(&process->start, &number, &start))
            continue;
        const struct start_names names = start_names(&start);
        try_name(search, names.program, names.program_length);
    }
}

static void visit(const struct ring_found *found, void *context)
{
    struct search *search = context;
    struct ring ring;
    if (found->kind != RING_FILE || ring_open_fd_to_read(&ring, found->fd) != NULL)
        return;
    uint64_t latest = cursor_newest(&ring, 0);
    latest = latest ? latest : ring.header->born_ns;
    search->is_there = false;
    try_command(search, ring.header);
    try_programs(search, &ring);
    ring_close(&ring);
    if (search->is_there && latest >= search->latest_ns && strlen(found->path) < search->size) {
        search->latest_ns = latest;
        strcpy(search->path, found->path);
    }
}

/* A file of a server's name is its program, more likely than its ring. */
static bool choose_name(const char *name, char *path, size_t size)
{
    char best[NAME_SIZE];
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    struct search search = {.name = name, .path = path, .size = size, .nearest = &nearest};
    path[0] = '\0';
    rings_visit(false, visit, &search);
    if (!path[0] && access(name, F_OK) == 0)
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

bool choose_server(const char *word, char *path, size_t size)
{
    uint32_t pid = 0;
    if (!word || number_read_pid(word, &pid))
        return choose_process(pid, path, size);
    if (!strchr(word, '/'))
        return choose_name(word, path, size);
    if (strlen(word) < size) {
        strcpy(path, word);
        return true;
    }
    say("%s: the path is too long", word);
    return false;
}
