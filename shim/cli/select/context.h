/*
 * What a record does not say itself: its process's program and profile, and the address of the listener that it is
 * about. Learned from the records before it, and from what the ring keeps.
 */
#ifndef LISTENAS_CLI_SELECT_CONTEXT_H
#define LISTENAS_CLI_SELECT_CONTEXT_H

#include "../../ring/ring.h"
#include "select.h"

/* All private to context.c. */
struct context {
    void *processes, *sockets; /* trees of search.h */
    struct {
        uint32_t pid;
        char program[64], profile[64];
    } maker; /* of the ring: who is meant where nothing is known of a process */
};

/* What is known of a process. */
struct context_process {
    uint32_t pid, parent;
    bool profile_is_cut; /* `profile` is the end of a longer path */
    int32_t settings;    /* their number in the ring, for ring_settings */
    char program[64], profile[64];
};

/* Learns what the ring keeps of processes and listeners. Without memory it learns less. */
void context_begin(struct context *context, const struct ring *ring);

/* Learns from a record; to be called for each, in order of time, before what asks for it. */
void context_learn(struct context *context, const struct ring *ring, const struct record *record);

/* The process, filled in from the ring's maker where it is not known. */
struct context_process context_process(const struct context *context, uint32_t pid);

/*
 * The record as a selection sees it, without its places (see select_asks_places). The texts live in `room` and in the
 * ring's own memory; `names` are copies, since a name in the file may have no end.
 */
struct subject_room {
    struct context_process process;
    char call[CALL_NAME_SIZE + 1], keys[2][KEY_NAME_SIZE + 1];
};
struct subject context_subject(const struct context *context, const struct ring *ring, const struct record *record,
                               const struct repeats *repeats, struct subject_room *room);

/* Frees what was learned. */
void context_end(struct context *context);

#endif
