/*
 * listenas test --provoke: a program's own tests with one error provoked in each run, the first, second, third ... call
 * of each kind, until a run meets none.
 */
#ifndef LISTENAS_CLI_TEST_PROVOKE_H
#define LISTENAS_CLI_TEST_PROVOKE_H

#include "plan.h"
#include "units.h"

/*
 * Runs the units of a plan that setup_begin has prepared, prints what was found, and returns the exit status: 0 if each
 * run passed, 1 if one did not, 3 if a unit fails without an error, 125 if the harness failed.
 */
int provoke_units(const struct plan *plan, const struct units *units);

#endif
