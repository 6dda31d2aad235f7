/*
 * How often each call came to each result, and by which key.
 */
#ifndef LISTENAS_CLI_RUN_TALLY_H
#define LISTENAS_CLI_RUN_TALLY_H

#include <stdio.h>

#include "../../ring/cursor.h"

struct tally_row {
    uint16_t call, error, key[2]; /* as in a record */
    uint64_t calls;
};

/* Records of the newest ones that may still count repetitions: the last one of each thread. */
#define TALLY_WATCHED 1024

struct tally {
    struct tally_row *of;
    size_t count, room;
    uint64_t counted; /* records and repetitions, also of what is no call */
    struct {
        uint64_t number, repeats; /* plus 1; that were counted */
    } watched[TALLY_WATCHED];
    unsigned int next;
};

/* Counts a new record. One that is of no call has no row. Returns false if there is no memory. */
bool tally_add(struct tally *tally, const struct ring *ring, const struct told *told);

/* Counts what the watched records have been repeated since. */
bool tally_again(struct tally *tally, const struct ring *ring);

/* What a ring has had since it was made. */
struct tally_total {
    uint64_t calls;                    /* records and repetitions, there or not */
    uint64_t missing[GAP_DAMAGED + 1]; /* of those, by reason */
};

/* Reads the whole ring. Returns false if there is no memory. */
bool tally_total(const struct ring *ring, struct tally_total *total);

/*
 * Prints it as `strace -c` prints its own: the most frequent first. Then what could not be counted: the ring had
 * `before` when the counting began, and has `after`.
 */
void tally_print(struct tally *tally, const struct ring *ring, const struct tally_total *before,
                 const struct tally_total *after, FILE *out);

void tally_free(struct tally *tally);

#endif
