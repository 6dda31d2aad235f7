#include "provoke.h"

#include <stdio.h>

#include "../../profile/errno_name.h"
#include "../../profile/loader/provoke.h"
#include "document.h"
#include "memory.h"
#include "pool.h"
#include "provoke_report.h"
#include "provoke_runs.h"
#include "provoke_session.h"
#include "provoke_wish.h"
#include "table.h"

static const struct errors *listed(const struct profile *profile, const char *call)
{
    char full[KEY_FULL_ROOM];
    snprintf(full, sizeof full, "errors.%s", call);
    return (const void *)((const char *)profile + key_fields[key_of_name(full)].offset);
}

static void take_usual(size_t job, json_t *result, void *context)
{
    struct provoke_session *session = context;
    *provoke_usual(session, &session->tasks[job]) = result ? json_incref(result) : NULL;
}

static void take_provoked(size_t job, json_t *result, void *context)
{
    struct provoke_session *session = context;
    session->results[job] = result ? json_incref(result) : NULL;
}

static void show_progress(size_t ended, void *context)
{
    const struct provoke_session *session = context;
    char text[160];
    snprintf(text, sizeof text, "%s: %zu of %zu", session->phase, ended, session->count);
    table_progress(text);
}

static bool run_all(struct provoke_session *session, const char *phase, json_t *(*work)(size_t, void *),
                    void (*done)(size_t, json_t *, void *))
{
    const struct pool pool = {
        .most = session->plan->jobs, .work = work, .done = done, .tick = show_progress, .context = session};
    session->phase = phase;
    bool went_on = pool_run(&pool, session->count);
    table_progress("");
    return went_on;
}

static void add_task(struct provoke_session *session, struct provoke_task task)
{
    session->tasks = memory_more(session->tasks, session->count + 1, sizeof *session->tasks);
    session->tasks[session->count++] = task;
}

static void list_usual(struct provoke_session *session)
{
    session->count = 0;
    for (size_t platform = session->platform; platform < session->platforms; platform++)
        for (size_t unit = 0; unit < session->units->count; unit++)
            add_task(session, (struct provoke_task){.unit = unit, .platform = platform});
}

/* The errors of one call, in one unit as one platform. */
static void list_errors(struct provoke_session *session, struct provoke_task task)
{
    const struct profile *profile = &session->plan->platforms.platform[task.platform]->annotated.profile;
    for (task.error = 1; task.error < ERRNO_END; task.error++)
        if (errors_has(listed(profile, task.call), task.error) &&
            provoke_asks(session->plan->provoke, task.call, task.error))
            add_task(session, task);
}

static void list_provoked(struct provoke_session *session)
{
    session->count = 0;
    for (size_t platform = session->platform; platform < session->platforms; platform++)
        for (size_t unit = 0; unit < session->units->count; unit++) {
            struct provoke_task task = {.unit = unit, .platform = platform};
            for (size_t i = 0; i < PROVOKE_CALLS && truth_of(*provoke_usual(session, &task), "passes"); i++) {
                task.call = provoke_calls[i];
                list_errors(session, task);
            }
        }
}

int provoke_units(const struct plan *plan, const struct units *units)
{
    struct provoke_session session = {.plan = plan, .units = units};
    session.platform = plan->names ? 1 : 0; /* without a list it is the running kernel that is asked about */
    session.platforms = plan->names ? plan->platforms.count : 1;
    session.usual = memory_new(session.platforms * units->count * sizeof *session.usual);
    list_usual(&session);
    bool went_on = run_all(&session, "without an error", provoke_without_error, take_usual);
    list_provoked(&session);
    session.results = memory_new((session.count + 1) * sizeof *session.results);
    if (went_on)
        run_all(&session, "with errors", provoke_with_error, take_provoked);
    return provoke_report(&session);
}
