/*
 * What `listenas test` and `listenas why` share.
 */
#ifndef LISTENAS_CLI_TEST_TEST_H
#define LISTENAS_CLI_TEST_TEST_H

#include "plan.h"
#include "units.h"

/* Runs the units of a plan that setup_begin has prepared, prints and writes what was found. Returns the exit status. */
int test_units(struct plan *plan, const struct units *units);

/* Removes what was made for the runs, and returns `status`, unless a signal ended them: then it ends this process. */
int test_end(struct plan *plan, int status);

#endif
