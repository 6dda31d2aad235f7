/*
 * What a session of provoked errors knows: its tasks, and what came of them.
 */
#ifndef LISTENAS_CLI_TEST_PROVOKE_SESSION_H
#define LISTENAS_CLI_TEST_PROVOKE_SESSION_H

#include <jansson.h>

#include "plan.h"
#include "units.h"

/* Runs for one error at one call. A program that makes more such calls is told of. */
#define PROVOKE_RUNS_MOST 200

/* One error of one call, in one unit, as one platform. */
struct provoke_task {
    size_t unit, platform;
    const char *call;
    int error;
};

struct provoke_session {
    const struct plan *plan;
    const struct units *units;
    struct provoke_task *tasks;
    size_t count;
    size_t platform, platforms; /* the first that is tried, and the one after the last */
    json_t **usual;             /* of each unit as each platform: what a run without an error is like */
    json_t **results;           /* of each task */
    const char *phase;
};

/* Where the result of the run without an error is kept, in the unit and as the platform of a task. */
static inline json_t **provoke_usual(const struct provoke_session *session, const struct provoke_task *task)
{
    return &session->usual[task->platform * session->units->count + task->unit];
}

#endif
