/*
 * What a result says in addition to its verdict: how the run ended, what it printed, what must not be concluded from
 * it.
 */
#ifndef LISTENAS_CLI_TEST_EVIDENCE_H
#define LISTENAS_CLI_TEST_EVIDENCE_H

#include "document.h"
#include "outcome.h"
#include "plan.h"

/* Adds how a run ended, what it left, and the end of what it printed. `point`: the case's own; may be NULL. */
void evidence_add(json_t *result, const struct outcome *outcome, const struct point *point);

/*
 * Adds why a result proves less than it seems: "proves_nothing" (promises that cannot be kept and that calls met),
 * "no_refuser", "overwritten", "no_calls".
 */
void evidence_add_doubts(json_t *result, const struct outcome *outcome, const struct annotated_profile *annotated);

/* Keeps the ring of a run where the plan keeps things, and adds its path. */
void evidence_keep(json_t *result, const struct plan *plan, const struct outcome *outcome, const char *platform,
                   unsigned int number);

/* What --replay takes: "RUN:PLATFORM:NUMBER". Static memory; NULL where nothing is kept. */
const char *evidence_id(const struct plan *plan, const char *platform, unsigned int number);

#endif
