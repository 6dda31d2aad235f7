/*
 * Walks through /proc.
 */
#ifndef LISTENAS_GATE_PROCESSES_H
#define LISTENAS_GATE_PROCESSES_H

#include <stdbool.h>

/*
 * Calls `visit` for each entry of a folder whose name is a number, with a descriptor of the folder, until it
 * returns false. A folder that may not be read has none.
 */
void each_number(const char *folder, bool (*visit)(int folder, int number, void *context), void *context);

/* Whether any process was started with `setting` ("NAME=value") in its environment, and we may see that. */
bool any_process_has(const char *setting);

#endif
