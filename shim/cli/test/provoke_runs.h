/*
 * The runs of one task: what the program does without an error, and with one at each call of a kind. Each task is a
 * process of its own (pool.h); `context` is a struct provoke_session.
 */
#ifndef LISTENAS_CLI_TEST_PROVOKE_RUNS_H
#define LISTENAS_CLI_TEST_PROVOKE_RUNS_H

#include <jansson.h>
#include <stddef.h>

/* Runs without an error. Returns {"passes", "spins", "stuck", "sockets", "seconds", "records"}. */
json_t *provoke_without_error(size_t job, void *context);

/* One run for each call of the kind, until a run has no such call. Returns {"runs": [...], "ends": true}. */
json_t *provoke_with_error(size_t job, void *context);

#endif
