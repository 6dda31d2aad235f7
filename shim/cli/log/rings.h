/*
 * What `log` does with all rings of this user.
 */
#ifndef LISTENAS_CLI_LOG_RINGS_H
#define LISTENAS_CLI_LOG_RINGS_H

#include "printer.h"

/*
 * Prints a line for each ring: its path, program, profile, records, and whether the program still runs. Returns how
 * many there are.
 */
int rings_list(const struct printer *printer);

/*
 * Removes the rings that nobody writes to any more, and the drafts of processes that were killed while they made
 * one; prints a line for each.
 */
void rings_remove_dead(void);

#endif
