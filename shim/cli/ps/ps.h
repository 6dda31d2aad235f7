/*
 * What `ps` tells of a process.
 */
#ifndef LISTENAS_CLI_PS_PS_H
#define LISTENAS_CLI_PS_PS_H

#include "../live/live.h"
#include "missing.h"
#include "refusers.h"

struct sight {
    const struct process *process;
    char profile[LISTENER_NAME];
    bool has_mistake; /* so that the process is native */
    struct refuser_seen refuser;
    bool lacks_refuser;        /* a full queue should refuse or reset, and there is no refuser to do that */
    char reason[MISSING_SIZE]; /* why it has no library; empty: it has one */
};

/* Rows of a table, after its head. */
void print_having(const struct sight *sights, size_t count);
void print_missing(const struct sight *sights, size_t count);

/* One JSON object on a line. */
void print_sight_json(const struct sight *sight);

#endif
