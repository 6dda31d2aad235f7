/*
 * For tests of one ring: made anew for each, in a directory of its own.
 */
#ifndef LISTENAS_UNIT_ONE_RING_H
#define LISTENAS_UNIT_ONE_RING_H

#include "ring_fixture.h"

#ifndef SLOTS /* a test may want more */
#define SLOTS 64u
#endif

static struct ring ring;

static inline void set_up(void)
{
    make_directory();
    ring = ring_made(SLOTS);
}

static inline void tear_down(void)
{
    ring_close(&ring);
    remove_directory();
}

#endif
