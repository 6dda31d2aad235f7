/*
 * The events of a ring as they come.
 */
#ifndef LISTENAS_CLI_LIVE_TAIL_H
#define LISTENAS_CLI_LIVE_TAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "../../ring/ring.h"

struct tail_event {
    const struct record *record;
    uint64_t calls; /* that it stands for, beside those that were told of it before */
};

typedef void (*tail_visit)(const struct tail_event *event, void *context);

/* A record that may still count repetitions: the last one of each thread. */
#define TAIL_WATCHED 64

struct tail {
    uint64_t next;
    struct {
        uint64_t number, told; /* plus 1; repetitions that were told */
    } watched[TAIL_WATCHED];
};

/* Skips what the ring has. */
void tail_skip(struct tail *tail, const struct ring *ring);

/*
 * Gives `visit` what has come since the last call, and adds to `*missing` how many calls came and were overwritten
 * before they could be read. A record that is being written, or whose writer died, is not given.
 */
void tail_read(struct tail *tail, const struct ring *ring, tail_visit visit, void *context, uint64_t *missing);

#endif
