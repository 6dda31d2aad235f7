/*
 * The processes of a ring: how each began.
 */
#ifndef LISTENAS_CLI_VIEW_PROCESSES_H
#define LISTENAS_CLI_VIEW_PROCESSES_H

#include "events.h"

#define NAME_TEXT (4 * RECORD_ADDRESS + 1)

struct seen_process {
    uint32_t pid, parent;
    uint64_t start_ns;
    char program[NAME_TEXT], profile[NAME_TEXT]; /* as a terminal may get them; the profile's may be empty */
    int32_t settings;                            /* their number in the ring */
    bool had_mistake;                            /* its profile had one, so its calls stay as they are */
    uint32_t missed;                             /* calls that came before the library was ready */
};

struct processes {
    struct seen_process *processes;        /* by time */
    const struct seen_process **by_number; /* the same by process number, then by time */
    size_t count;
};

/* Finds them among the events. Returns false where there is no memory. */
bool processes_read(struct processes *processes, const struct ring *ring, const struct events *events);

void processes_free(struct processes *processes);

/* The one that had this number at that time; NULL if the ring does not know it. */
const struct seen_process *process_at(const struct processes *processes, uint32_t pid, uint64_t time_ns);

/* Whether `pid` is `ancestor`, or was started by it or by one of its children, as far as the ring knows. */
bool process_descends(const struct processes *processes, uint32_t pid, uint32_t ancestor, uint64_t time_ns);

#endif
