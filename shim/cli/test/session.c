#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../clock.h"
#include "job.h"
#include "memory.h"
#include "pool.h"
#include "session_document.h"
#include "shard.h"
#include "table.h"

/* Runs at a time for each processor, where they mostly wait. */
#define CROWD_MOST 4

/* One unit as one platform. */
struct task {
    size_t unit, platform;
};

struct session {
    const struct plan *plan;
    const struct units *units;
    struct known known;
    json_t *document, *cases, *results;
    struct task *tasks;
    size_t count;
    size_t *open;        /* tasks of each platform that have not ended */
    double last;         /* when the last platform was done */
    double waited, busy; /* seconds that native runs took, and seconds of processor time in them */
    const char *phase;
};

static void show_progress(size_t ended, void *context)
{
    struct session *session = context;
    char text[160];
    if (session->plan->is_verbose)
        return;
    snprintf(text, sizeof text, "%s: %zu of %zu", session->phase, ended, session->count);
    table_progress(text);
}

/* --- natively --- */

/* A unit is run natively if any of its platforms is in this share. */
static bool is_wanted(const struct session *session, size_t unit)
{
    for (size_t i = 1; i < session->plan->platforms.count; i++)
        if (shard_has(session->plan, session->units->unit[unit].name, session->plan->platforms.platform[i]->label))
            return true;
    return false;
}

static json_t *work_natively(size_t job, void *context)
{
    struct session *session = context;
    return job_native(session->plan, session->units, session->tasks[job].unit);
}

static const char *verdict_word(const char *text)
{
    static const char *const words[] = {VERDICT_PASSES, VERDICT_FAILS, VERDICT_FLAKY};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], text) == 0)
            return words[i];
    return VERDICT_NOT_RUN;
}

static void add_case(struct session *session, size_t unit, json_t *point)
{
    static const char *const readings[] = {[READ_STATUS] = "status", [READ_TAP] = "tap", [READ_CHECK] = "check"};
    struct known *known = &session->known;
    if (session->plan->only && strcmp(session->plan->only, text_of(point, "name")) != 0) {
        if (session->plan->nearest)
            suggest_try(session->plan->nearest, text_of(point, "name"));
        return;
    }
    known->cases = memory_more(known->cases, known->count + 1, sizeof *known->cases);
    known->cases[known->count++] = (struct known_case){
        .name = memory_text(text_of(point, "name")), .unit = unit, .verdict = verdict_word(text_of(point, "verdict"))};
    const struct unit *of = &session->units->unit[unit];
    json_object_set_new(point, "unit", document_text(of->name));
    json_object_set_new(point, "reading", json_string(readings[of->reading]));
    json_object_set_new(point, "words", document_words(of->words));
    if (of->environment)
        json_object_set_new(point, "environment", document_words(of->environment));
    json_array_append(session->cases, point);
}

static void take_native(size_t job, json_t *result, void *context)
{
    struct session *session = context;
    size_t i, unit = session->tasks[job].unit;
    json_t *point;
    if (!result) {
        point =
            json_pack("{s:o, s:s}", "name", document_text(session->units->unit[unit].name), "verdict", VERDICT_NOT_RUN);
        add_case(session, unit, point);
        json_decref(point);
        return;
    }
    session->known.units[unit].seconds = number_of(result, "seconds");
    session->waited += number_of(result, "seconds");
    session->busy += number_of(result, "busy");
    json_array_foreach(list_of(result, "points"), i, point)
        add_case(session, unit, point);
}

static int compare_cases(const void *left, const void *right)
{
    const struct known_case *one = left, *other = right;
    return one->unit < other->unit ? -1 : one->unit > other->unit;
}

/* Jobs end in any order; numbers must not depend on it. */
static void number_cases(struct session *session)
{
    struct known *known = &session->known;
    if (known->count > 1)
        qsort(known->cases, known->count, sizeof *known->cases, compare_cases);
    json_t *ordered = json_array();
    unsigned int base = 0;
    for (size_t i = 0; i < known->count; i++) {
        known->cases[i].number = ++base;
        json_t *one = (json_t *)(uintptr_t)document_case(session->document, known->cases[i].name);
        json_object_set_new(one, "number", json_integer(base));
        json_array_append(ordered, one);
    }
    json_object_set(session->document, "cases", ordered);
    session->cases = ordered;
    json_decref(ordered);
}

static bool run_natively(struct session *session)
{
    const struct pool pool = {.most = session->plan->jobs,
                              .work = work_natively,
                              .done = take_native,
                              .tick = show_progress,
                              .context = session};
    session->phase = "natively";
    session->count = 0;
    for (size_t i = 0; i < session->units->count; i++)
        if (is_wanted(session, i))
            session->tasks[session->count++] = (struct task){.unit = i};
    bool went_on = pool_run(&pool, session->count);
    number_cases(session);
    return went_on;
}

/* --- as each platform --- */

static json_t *work_as_platform(size_t job, void *context)
{
    struct session *session = context;
    const struct task *task = &session->tasks[job];
    return job_platform(session->plan, session->units, &session->known, task->unit,
                        session->plan->platforms.platform[task->platform]);
}

/* A result for each case of a job that died. */
static void take_dead(struct session *session, const struct task *task)
{
    for (size_t i = 0; i < session->known.count; i++) {
        const struct known_case *one = &session->known.cases[i];
        if (one->unit == task->unit && strcmp(one->verdict, VERDICT_PASSES) == 0)
            json_array_append_new(session->results,
                                  json_pack("{s:o, s:i, s:o, s:s, s:s}", "case", document_text(one->name), "number",
                                            (int)one->number, "platform",
                                            document_text(session->plan->platforms.platform[task->platform]->label),
                                            "verdict", VERDICT_NOT_RUN, "ended", "the harness failed"));
    }
}

static void learn_causes(struct session *session, const json_t *causes)
{
    size_t i, j;
    json_t *cause, *old;
    json_array_foreach(causes, i, cause) {
        bool is_known = false;
        json_array_foreach(session->known.causes, j, old)
            is_known |= json_equal(old, cause);
        if (!is_known)
            json_array_append(session->known.causes, cause);
    }
}

/* Those of one platform begin together: its time is that since the one before was done. */
static void finish_platform(struct session *session, size_t index)
{
    const struct platform *platform = session->plan->platforms.platform[index];
    double seconds = clock_seconds() - session->last;
    session->last += seconds;
    json_object_set_new(json_array_get(list_of(session->document, "platforms"), index - 1), "seconds",
                        json_real(seconds));
    if (!session->plan->is_verbose)
        table_row(session->document, platform->label, seconds);
}

static void take_platform(size_t job, json_t *result, void *context)
{
    struct session *session = context;
    const struct task *task = &session->tasks[job];
    if (result) {
        json_array_extend(session->results, list_of(result, "results"));
        learn_causes(session, list_of(result, "causes"));
        session->known.units[task->unit].is_stable |= truth_of(result, "is_stable");
    } else {
        take_dead(session, task);
    }
    if (--session->open[task->platform] == 0)
        finish_platform(session, task->platform);
}

static bool has_passed(const struct session *session, size_t unit)
{
    for (size_t i = 0; i < session->known.count; i++)
        if (session->known.cases[i].unit == unit && strcmp(session->known.cases[i].verdict, VERDICT_PASSES) == 0)
            return true;
    return false;
}

static void list_tasks(struct session *session)
{
    const struct platforms *platforms = &session->plan->platforms;
    session->count = 0;
    for (size_t platform = 1; platform < platforms->count; platform++)
        for (size_t unit = 0; unit < session->units->count; unit++) {
            if (!has_passed(session, unit) ||
                !shard_has(session->plan, session->units->unit[unit].name, platforms->platform[platform]->label))
                continue;
            session->tasks[session->count++] = (struct task){.unit = unit, .platform = platform};
            session->open[platform]++;
        }
}

/*
 * Cases of servers wait more than they compute: as many more at a time as keep half of each processor busy, by what the
 * native runs took.
 */
static unsigned int jobs_of(const struct session *session)
{
    unsigned int jobs = session->plan->jobs, crowd = 1;
    while (!session->plan->has_jobs && crowd < CROWD_MOST && 4 * crowd * session->busy <= session->waited)
        crowd *= 2;
    return jobs * crowd;
}

static bool run_as_platforms(struct session *session)
{
    const struct pool pool = {.most = jobs_of(session),
                              .work = work_as_platform,
                              .done = take_platform,
                              .tick = show_progress,
                              .context = session};
    session->phase = "as platforms";
    list_tasks(session);
    session->last = clock_seconds();
    return pool_run(&pool, session->count);
}

/* --- both --- */

static void begin(struct session *session)
{
    const struct plan *plan = session->plan;
    size_t tasks = session->units->count * plan->platforms.count;
    session->document = session_document(plan);
    session->cases = list_of(session->document, "cases");
    session->results = list_of(session->document, "results");
    session->tasks = memory_new(tasks * sizeof *session->tasks);
    session->open = memory_new(plan->platforms.count * sizeof *session->open);
    session->known.units = memory_new(session->units->count * sizeof *session->known.units);
    session->known.causes = json_array();
}

static void print_native_row(const struct session *session, double seconds)
{
    size_t passed = 0, failed = 0;
    for (size_t i = 0; i < session->known.count; i++) {
        passed += strcmp(session->known.cases[i].verdict, VERDICT_PASSES) == 0;
        failed += strcmp(session->known.cases[i].verdict, VERDICT_PASSES) != 0;
    }
    table_native(passed, failed, seconds);
}

json_t *session_run(const struct plan *plan, const struct units *units)
{
    struct session session = {.plan = plan, .units = units};
    double begun = clock_seconds();
    begin(&session);
    if (!plan->is_verbose)
        table_begin();
    bool went_on = run_natively(&session);
    if (!plan->is_verbose)
        print_native_row(&session, clock_seconds() - begun);
    if (went_on)
        went_on = run_as_platforms(&session);
    table_progress("");
    session_order_results(session.document, &plan->platforms);
    json_object_set_new(session.document, "interrupted", json_boolean(!went_on));
    json_object_set_new(session.document, "seconds", json_real(clock_seconds() - begun));
    free(session.tasks);
    free(session.open);
    return session.document;
}
