/* Addresses of every length, right in all else. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

static const long lengths[] = {0,  1,  2,  3,   4,   8,   15,  16,  17,  20,  24,   27,
                               28, 29, 64, 110, 111, 128, 129, 254, 255, 256, 1000, -1};

#define COUNT (sizeof lengths / sizeof *lengths)
#define ROOM 1024

static void probe_length(const struct kind *kind, long length)
{
    char room[ROOM] = "", call[48];
    int target = is_stream(kind) ? make_one_listening(kind, 4) : make_one_bound(kind);
    struct address there = address_of(target), here = fresh_address(kind->domain);
    int binder = make_one(kind), connector = make_one(kind);
    memcpy(room, &here.storage, here.length);
    snprintf(call, sizeof call, "bind-%ld", length);
    print_answer(kind->name, "fresh", call, outcome_of(bind(binder, (void *)room, (socklen_t)length)));
    memset(room, 0, sizeof room);
    memcpy(room, &there.storage, there.length);
    snprintf(call, sizeof call, "connect-%ld", length);
    print_answer(kind->name, "fresh", call, outcome_of(connect(connector, (void *)room, (socklen_t)length)));
    close(binder);
    close(connector);
    close(target);
}

/* A name of each length, asked of a socket that has one. */
static void probe_name(const struct kind *kind, int room)
{
    char call[48], text[48];
    int fd = make_one_bound(kind);
    struct sockaddr_storage address;
    socklen_t length = (socklen_t)room;
    int result = getsockname(fd, (struct sockaddr *)&address, &length);
    snprintf(call, sizeof call, "getsockname-%d", room);
    snprintf(text, sizeof text, "%s %d", outcome_of(result), result == 0 ? (int)length : 0);
    print_answer(kind->name, "bound", call, text);
    close(fd);
}

static void probe_nameless(const struct kind *kind)
{
    char text[48];
    int fd = make_one(kind);
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int result = getsockname(fd, (struct sockaddr *)&address, &length);
    snprintf(text, sizeof text, "%s %d", outcome_of(result), result == 0 ? (int)length : 0);
    print_answer(kind->name, "fresh", "getsockname-length", text);
    close(fd);
}

void probe_lengths(void)
{
    for (const struct kind *kind = kinds; kind->name; kind++) {
        if (!is_here(kind))
            continue;
        for (size_t i = 0; i < COUNT; i++)
            /* AF_UNIX: a shorter address is another path, see probe_paths */
            if (kind->domain != AF_UNIX || lengths[i] < 3 || lengths[i] > 20)
                probe_length(kind, lengths[i]);
        if (kind->domain != AF_UNIX) {
            probe_name(kind, 0);
            probe_name(kind, 4);
            probe_name(kind, 16);
        } else {
            probe_nameless(kind);
        }
    }
}
