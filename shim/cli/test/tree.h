/*
 * The processes that a run leaves behind. This process is their reaper (PR_SET_CHILD_SUBREAPER), so none can get away
 * from it, whatever it forks and however it makes itself a daemon.
 */
#ifndef LISTENAS_CLI_TEST_TREE_H
#define LISTENAS_CLI_TEST_TREE_H

#include <stdbool.h>
#include <sys/types.h>

/* Makes this process the reaper of all that it will start. */
void tree_adopt(void);

/* Sends a signal to every living child of this process. */
void tree_signal(int number);

/*
 * Kills every child of this process and their children, until there are none, and reaps them. Returns how many there
 * were that had not ended by themselves a moment later; `first`, unless NULL, gets the name of one of them: the
 * caller's, or NULL. The refuser, which ends by itself, does not count.
 */
unsigned int tree_kill(char **first);

#endif
