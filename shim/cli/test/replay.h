/*
 * One case as one platform again, as a report names it.
 */
#ifndef LISTENAS_CLI_TEST_REPLAY_H
#define LISTENAS_CLI_TEST_REPLAY_H

#include "plan.h"
#include "units.h"

/*
 * Makes the plan and the one unit that an ID stands for, "RUN:PLATFORM:NUMBER": RUN is the path of a JSON report, or
 * names the result that is kept of a test. Goes to the directory that the test was called in. Returns 0, or
 * STATUS_USAGE after it has said what is wrong.
 */
int replay_prepare(struct plan *plan, struct units *units, const char *id);

#endif
