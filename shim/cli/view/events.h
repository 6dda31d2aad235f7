/*
 * All calls that a ring still holds, in the order of their times.
 */
#ifndef LISTENAS_CLI_VIEW_EVENTS_H
#define LISTENAS_CLI_VIEW_EVENTS_H

#include <stddef.h>

#include "../../ring/cursor.h"

struct events {
    struct told *events; /* records only */
    size_t count, room;
    struct missing missing[GAP_DAMAGED + 1]; /* what the ring lacks, by kind of gap: all gaps of a kind together */
};

/*
 * Reads them. Returns false where there is no memory; then there is nothing to free. What listeners and processes were
 * made by is among them even if newer records took its place.
 */
bool events_read(struct events *events, const struct ring *ring);

void events_free(struct events *events);

#endif
