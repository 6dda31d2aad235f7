#include "choose.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../cli.h"
#include "../log/ringsearch.h"
#include "../lookup.h"

bool choose_is_ring(const char *path)
{
    char magic[sizeof RING_MAGIC - 1] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    bool is_ring =
        fd >= 0 && read(fd, magic, sizeof magic) == sizeof magic && memcmp(magic, RING_MAGIC, sizeof magic) == 0;
    if (fd >= 0)
        close(fd);
    return is_ring;
}

/* 0 for what is no number of a process. */
static uint32_t read_pid(const char *text)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    return text[0] >= '1' && text[0] <= '9' && *end == '\0' && number <= INT32_MAX ? (uint32_t)number : 0;
}

struct named {
    const char *name;
    char *path;
    size_t size;
    uint64_t last_ns;
};

static void visit(const struct ring_found *found, void *context)
{
    struct named *named = context;
    struct ring ring;
    char program[sizeof ring.header->command + 1];
    if (found->kind != RING_FILE || ring_open_fd_to_read(&ring, found->fd) != NULL)
        return;
    snprintf(program, sizeof program, "%.*s", (int)sizeof ring.header->command, ring.header->command);
    uint64_t last = cursor_newest(&ring, 0);
    ring_close(&ring);
    if (strcmp(base_name(program), named->name) == 0 && last >= named->last_ns && strlen(found->path) < named->size) {
        named->last_ns = last;
        strcpy(named->path, found->path);
    }
}

bool choose_ring(const char *what, char *path, size_t size)
{
    uint32_t pid = what ? read_pid(what) : 0;
    struct named named = {.name = what, .path = path, .size = size};
    path[0] = '\0';
    if (what && (strchr(what, '/') || choose_is_ring(what)))
        return snprintf(path, size, "%s", what) < (int)size;
    if (what && !pid)
        rings_visit(visit, &named);
    else
        rings_newest(pid, path, size);
    if (path[0])
        return true;
    if (pid)
        say("there is no record of process %u", pid);
    else if (what)
        say("there is no record of a program \"%s\"; `listenas log --list` lists all", what);
    else
        say("there is no record: no program of yours has been run with listenas, or it made no call yet");
    return false;
}
