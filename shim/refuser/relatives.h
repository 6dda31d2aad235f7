/*
 * Finds the processes that a refuser serves: those with its name in their environment.
 */
#ifndef LISTENAS_REFUSER_RELATIVES_H
#define LISTENAS_REFUSER_RELATIVES_H

/*
 * A pidfd of a process that has `setting` ("NAME=value") in its environment, an early one if there are several; -1
 * if this process can see none. Walks through /proc.
 */
int relatives_find(const char *setting);

#endif
