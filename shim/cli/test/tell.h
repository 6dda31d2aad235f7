/*
 * What `listenas why` and --replay tell of each step, on standard output. Nothing where the plan is not verbose.
 */
#ifndef LISTENAS_CLI_TEST_TELL_H
#define LISTENAS_CLI_TEST_TELL_H

#include "outcome.h"
#include "plan.h"

/* How a run as a platform ended; what it printed, if the case `name` did not pass. */
void tell_run(const struct plan *plan, const struct platform *platform, const struct outcome *outcome,
              const char *name);

/* Which keys acted in it, how often, at which call first, and where. */
void tell_acts(const struct plan *plan, const struct acts *acts);

/* That the case passes, or not, with these keys left to the kernel (`set`: of LISTENAS_SET). */
void tell_try(const struct plan *plan, const char *set, bool passes);

#endif
