/*
 * One case as one platform, alone.
 */
#ifndef LISTENAS_CLI_TEST_REPLAY_H
#define LISTENAS_CLI_TEST_REPLAY_H

#include "plan.h"
#include "units.h"

/* `listenas test --replay ID`: returns the exit status. */
int replay(struct plan *plan, const char *id);

/* Does one case of a unit as a platform and tells of it verbosely. Returns the exit status. */
int replay_case(struct plan *plan, const struct units *units, const char *name, const char *platform);

#endif
