/*
 * The ring files of this user, found where rings are made.
 */
#ifndef LISTENAS_CLI_RINGS_H
#define LISTENAS_CLI_RINGS_H

#include <stdbool.h>
#include <stddef.h>

/* Writes the path of the ring that was written to last into `path`; false if there is none. */
bool rings_newest(char *path, size_t size);

/* Prints a line for each ring: its path, program, profile, records, and whether the program still runs. */
void rings_list(void);

/* Removes the rings whose server is gone; prints a line for each. */
void rings_remove_dead(void);

#endif
