/*
 * A listener's queue over time, put together from the levels of its history: fine where that is kept, else coarse.
 */
#ifndef LISTENAS_CLI_VIEW_SERIES_H
#define LISTENAS_CLI_VIEW_SERIES_H

#include <stddef.h>

#include "../../ring/history.h"

#define SERIES_MOST (HISTORY_LEVELS * HISTORY_SPANS)

struct series {
    struct history_span spans[SERIES_MOST]; /* in order of time, none overlaps another */
    size_t count;
};

/* Reads the spans since `since_ns`, when the listener was made. */
void series_read(struct series *series, const struct ring *ring, const struct ring_listener *listener,
                 uint64_t since_ns);

#endif
