/*
 * What a test needs before its first run, and what stays after its last.
 */
#ifndef LISTENAS_CLI_TEST_SETUP_H
#define LISTENAS_CLI_TEST_SETUP_H

#include "document.h"
#include "plan.h"

/*
 * Checks the program, loads the platforms, finds out whether runs can be isolated, and makes the directories. Returns
 * 0, or an exit status after it has said what is wrong. `keeps`: whether something of it is to stay, for --replay.
 * setup_end must follow in either case.
 */
int setup_begin(struct plan *plan, bool keeps);

/* Keeps the document where --replay finds it; says so if it cannot. */
void setup_keep(const struct plan *plan, const json_t *document);

/* Removes what was made for the runs. */
void setup_end(struct plan *plan);

/*
 * The directory where all that is kept of runs is: $XDG_STATE_HOME/listenas/test, or in the home; the caller's. NULL
 * where there is no home.
 */
char *setup_state(void);

/*
 * Makes the directory of the program's own source absolute; where it is NULL, it is the top of the repository that this
 * directory is in, or this directory. Returns 0, or STATUS_USAGE after it has said what is wrong.
 */
int setup_root(const char **root);

#endif
