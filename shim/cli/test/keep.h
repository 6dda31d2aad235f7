/*
 * The beginning and the end of a long text.
 */
#ifndef LISTENAS_CLI_TEST_KEEP_H
#define LISTENAS_CLI_TEST_KEEP_H

#include <stddef.h>

#include "outcome.h"

struct keep {
    size_t most; /* bytes to keep; half of them of the beginning if there are more */
    char *text;
    size_t used, room;
    size_t lost; /* bytes between the two halves */
};

/* Adds to the text. */
void keep_add(struct keep *keep, const char *text, size_t size);

/* What was kept, ended by a NUL; with a line between the halves that tells how much is missing. */
struct output keep_end(struct keep *keep);

#endif
