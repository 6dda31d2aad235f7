/*
 * The set of rings that are looked at: opens those that appear and closes those that go.
 */
#ifndef LISTENAS_CLI_LIVE_RINGSET_H
#define LISTENAS_CLI_LIVE_RINGSET_H

#include "live_ring.h"
#include "scan.h"

/* Which rings are looked at. */
struct live_choice {
    const char *what; /* a program's name, a process's number or a file's path; NULL: every ring that lives */
    bool ended;       /* rings that nobody writes to, too */
};

struct ringset {
    struct live_choice choice;
    struct scan scan;      /* processes with the library */
    struct live_ring **of; /* by age: those found first come first */
    size_t count, room;
};

/*
 * Looks at all processes, and brings the set up to date: rings of the choice, open, or with a fault. Returns 0 or an
 * errno, as live_refresh does.
 */
int ringset_update(struct ringset *set);

/* Closes all rings, and frees what the set holds. */
void ringset_free(struct ringset *set);

/* Closes a ring that cannot be read any more; `fault`, static memory, says why. */
void ringset_break(struct live_ring *ring, const char *fault);

#endif
