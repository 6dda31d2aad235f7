/*
 * What a run has not shown: the report names it, so that nobody takes it for portable.
 */
#ifndef LISTENAS_CLI_LINT_UNSEEN_H
#define LISTENAS_CLI_LINT_UNSEEN_H

#include <jansson.h>

#include "../test/plan.h"
#include "calls.h"

/*
 * A JSON array of {what, keys, how}: situations that no recorded call met, and calls that were never made, as far as a
 * platform that was asked for has a promise about them. The caller's.
 */
json_t *unseen_of(const struct lint_calls *calls, const struct platforms *platforms);

/* Prints them. */
void unseen_print(const json_t *unseen);

#endif
