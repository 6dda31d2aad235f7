/*
 * One run of a unit as a platform, from its start until nothing of it is left.
 */
#ifndef LISTENAS_CLI_TEST_RUN_H
#define LISTENAS_CLI_TEST_RUN_H

#include "launch.h"
#include "outcome.h"

struct request {
    const struct plan *plan;
    const struct unit *unit;
    const struct platform *platform;
    const struct way *way;
    double timeout; /* seconds */
};

/*
 * Runs it and fills in the outcome, which outcome_drop must free. To be called in a job (pool.h): this process becomes
 * the reaper of what it starts, and all of its children are killed at the end.
 */
void run(const struct request *request, struct outcome *outcome);

/*
 * Reads the ring of a run once more, and looks for the places of the calls: that takes the program's debug information,
 * and only differences are worth it.
 */
void run_find_places(const struct request *request, struct outcome *outcome);

/* Whether this job was told to end (SIGTERM): then every run ends at once, with END_STOPPED. */
bool run_is_stopped(void);

/* Prepares this process, a job, for runs: signals, and that it reaps. */
void run_prepare(void);

#endif
