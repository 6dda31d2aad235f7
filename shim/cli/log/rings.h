/*
 * What `log` does with all rings of this user.
 */
#ifndef LISTENAS_CLI_LOG_RINGS_H
#define LISTENAS_CLI_LOG_RINGS_H

#include "printer.h"

/* Prints a line for each ring, also of other users. Returns how many there are. */
int rings_list(const struct printer *printer);

/*
 * Writes where those of its listeners listen that were never seen to be closed, "127.0.0.1:80, [::1]:80"; cut to fit
 * `size` bytes, empty for none.
 */
void rings_addresses(const struct ring *ring, char *text, size_t size);

/* Which rings to remove. */
struct removal {
    char **names; /* each a path, a file's name, a program's name or a process number; none: all */
    int count;
    uint64_t older_s; /* only what was not written to for so long */
};

/* Reads a span such as "7d", "12h", "30m" or "45s" into seconds; false for anything else. */
bool rings_read_span(const char *text, uint64_t *seconds);

/*
 * Removes the rings that nobody writes to any more, of whatever version, and the drafts of processes that were killed
 * while they made one; prints a line for each. Returns 0; STATUS_OWN if one could not be removed, or if a name stands
 * for no ring or for none that is dead: it reports that, and removes nothing.
 */
int rings_remove_dead(const struct removal *removal);

#endif
