/*
 * The last records that were selected, for `log -n`.
 */
#ifndef LISTENAS_CLI_LOG_TAIL_H
#define LISTENAS_CLI_LOG_TAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "source.h"

/* A record, or a gap between records, with what was known of it when it was told. */
struct tail_entry {
    struct tail_entry *next;
    struct source *source;
    enum cursor_answer answer;
    struct told told;
    struct subject_room room;
    struct subject subject;
};

/* All zero but `most` holds none. */
struct tail {
    size_t most, count; /* of records; gaps do not count */
    struct tail_entry *first, *last;
};

/* Adds an entry that the caller has allocated, and frees the oldest that are too many, with the gaps before them. */
void tail_add(struct tail *tail, struct tail_entry *entry);

/* Takes the oldest entry out, which the caller frees; NULL if there is none. */
struct tail_entry *tail_take(struct tail *tail);

#endif
