/*
 * What is checked before anything starts.
 */
#ifndef LISTENAS_CLI_RUN_CHECKS_H
#define LISTENAS_CLI_RUN_CHECKS_H

#include "launch.h"

/*
 * Finds the library and the program, loads the profile, and chooses the ring and the environment; reads what was asked
 * for, fills in the rest. Returns 0, or an exit status after it has said what is wrong.
 */
int launch_check(struct launch *launch);

#endif
