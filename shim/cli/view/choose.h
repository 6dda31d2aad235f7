/*
 * Which ring a word of the command line means.
 */
#ifndef LISTENAS_CLI_VIEW_CHOOSE_H
#define LISTENAS_CLI_VIEW_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Writes the path of the ring that `what` means: a path with a slash or of a ring, the number of a process, the name of
 * a program; NULL: the ring that was active last. False, after a message, if there is none.
 */
bool choose_ring(const char *what, char *path, size_t size);

/* Whether a file begins as a ring does. */
bool choose_is_ring(const char *path);

#endif
