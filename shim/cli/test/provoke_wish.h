/*
 * The words of --provoke: which errors of which calls are wanted.
 */
#ifndef LISTENAS_CLI_TEST_PROVOKE_WISH_H
#define LISTENAS_CLI_TEST_PROVOKE_WISH_H

#include <stdbool.h>

#include "plan.h"

#define PROVOKE_CALLS 5

extern const char *const provoke_calls[PROVOKE_CALLS];

/* Whether the wish has this error of this call: "all", "accept", "accept:EMFILE", separated by commas. */
bool provoke_asks(const char *wish, const char *call, int error);

/*
 * Whether plan->provoke is "all" or a list of CALL and CALL:ERRNO with commas between them. Returns 0, or an exit
 * status after it has said what is wrong.
 */
int provoke_read(const struct plan *plan);

/* Whether the plan's other options go together with it. Returns as provoke_read does. */
int provoke_check(const struct plan *plan);

#endif
