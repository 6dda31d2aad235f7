/*
 * The units of a plan: the command for each case of a file, as its framework lists them, or as it stands.
 */
#ifndef LISTENAS_CLI_TEST_CASES_H
#define LISTENAS_CLI_TEST_CASES_H

#include "plan.h"
#include "units.h"

/*
 * Finds the units. Lists the cases of a framework in a run of their own. Returns 0, or the exit status after it has
 * said what is wrong: a file that cannot be read, a command without {}, no case found, a listing that failed.
 */
int cases_find(const struct plan *plan, struct units *units);

#endif
