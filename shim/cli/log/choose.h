/*
 * Which server is meant.
 */
#ifndef LISTENAS_CLI_LOG_CHOOSE_H
#define LISTENAS_CLI_LOG_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../profile/suggest.h"
#include "../../ring/ring.h"

/*
 * Writes the path of the ring that `word` means: the number of a process means the ring that it wrote to last; what has
 * a slash is a file; any other word means the ring that was written to last of those whose command line has a word of
 * this base name ("legacyd", "server.py"), or in which a process of this program started, and if there is none, a file.
 * NULL means the ring that was written to last of all. Returns 0; or after a report, with the nearest name where there
 * is one, STATUS_USAGE, or STATUS_OWN if there is no ring at all.
 */
int choose_server(const char *word, char *path, size_t size);

/*
 * Whether a server is meant by this name: its command line has a word of this base name, or a program of this name
 * started in it. The names that it has are tried for `nearest`, unless that is NULL.
 */
bool ring_has_name(const struct ring *ring, const char *name, struct suggestion *nearest);

#endif
