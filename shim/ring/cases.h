/*
 * The table of cases: each distinct call, by its site, its arguments and the facts that a platform's rules judge it by.
 * A program makes few of them however many calls it makes, so this is a table and not records. It has the protocol of
 * the sites (sites.h), S1 to S4, and a count beside it that is only added to.
 */
#ifndef LISTENAS_RING_CASES_H
#define LISTENAS_RING_CASES_H

#include "ring.h"

/* Whether the ring has the table. */
static inline bool ring_has_cases(const struct ring *ring)
{
    return ring->tables[TABLE_CASES].entries > 0;
}

/*
 * Counts the call as one of its case, which is entered if it is new. Returns false if there is no place for it. Of
 * `seen` all but the first three fields counts. Wait-free; may be called from a signal handler; keeps errno.
 */
bool ring_case_note(const struct ring *ring, const struct ring_case *seen);

/* How many places the table has. */
uint32_t ring_case_places(const struct ring *ring);

/* Copies the case at a place, 0 to ring_case_places - 1; false if none is there, or it is not complete. */
bool ring_case_read(const struct ring *ring, uint32_t place, struct ring_case *found);

#endif
