/*
 * The tree of processes that a refuser serves: those that were started with its name in their environment.
 */
#ifndef LISTENAS_REFUSER_RELATIVES_H
#define LISTENAS_REFUSER_RELATIVES_H

/*
 * A pidfd of a process that has `setting` ("NAME=value") in its environment, one that was started early if there are
 * several; -1 if there is none that this process may see. Walks through /proc.
 */
int relatives_find(const char *setting);

#endif
