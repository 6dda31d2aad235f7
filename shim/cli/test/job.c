#include "job.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cause.h"
#include "evidence.h"
#include "memory.h"
#include "run.h"
#include "tell.h"

/* How often a difference is looked at again, in each of the two. */
#define AGAIN 2u

/* Of a first native run, where the user gave no limit. */
#define NATIVE_TIMEOUT 300.0

static const struct way usual = {.set = ""};

double job_timeout(const struct plan *plan, double native_seconds)
{
    if (plan->timeout > 0)
        return plan->timeout;
    return native_seconds < 0 ? NATIVE_TIMEOUT : 10 * native_seconds + 5;
}

static struct request usual_request(const struct plan *plan, const struct unit *unit, const struct platform *platform,
                                    double timeout)
{
    return (struct request){.plan = plan, .unit = unit, .platform = platform, .way = &usual, .timeout = timeout};
}

static void run_usual(const struct plan *plan, const struct unit *unit, const struct platform *platform, double timeout,
                      struct outcome *outcome)
{
    const struct request request = usual_request(plan, unit, platform, timeout);
    run(&request, outcome);
}

/* Whether it says anything of the program. */
static bool was_run(const struct outcome *outcome)
{
    return outcome->ending.how != END_NOT_STARTED && outcome->ending.how != END_STOPPED;
}

/* --- natively --- */

static bool any_failed(const struct outcome *outcome)
{
    for (size_t i = 0; i < outcome->points.count; i++)
        if (outcome->points.point[i].mark != MARK_PASS)
            return true;
    return false;
}

static const char *native_verdict(const struct outcome *outcome, const struct point *point, const json_t *flaky)
{
    if (outcome->ending.how == END_NOT_STARTED || outcome->ending.how == END_STOPPED)
        return VERDICT_NOT_RUN;
    if (json_object_get(flaky, point->name))
        return VERDICT_FLAKY;
    return point->mark == MARK_PASS ? VERDICT_PASSES : VERDICT_FAILS;
}

/* Marks in `flaky` each case whose result is another one than before. */
static void note_changes(json_t *flaky, const struct points *before, const struct points *now)
{
    for (size_t i = 0; i < before->count; i++)
        if (points_mark(now, before->point[i].name) != before->point[i].mark)
            json_object_set_new(flaky, before->point[i].name, json_true());
}

/* Runs natively again and notes what changed. */
static void repeat_native(const struct plan *plan, const struct unit *unit, double timeout, const struct points *before,
                          json_t *flaky)
{
    for (unsigned int i = 0; i < AGAIN && !run_is_stopped(); i++) {
        struct outcome outcome;
        run_usual(plan, unit, plan->platforms.platform[0], timeout, &outcome);
        if (!run_is_stopped())
            note_changes(flaky, before, &outcome.points);
        outcome_drop(&outcome);
    }
}

/* Seconds of processor time of all runs that have ended. */
static double busy_seconds(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

json_t *job_native(const struct plan *plan, const struct units *units, size_t number)
{
    const struct unit *unit = &units->unit[number];
    struct outcome outcome;
    json_t *flaky = json_object(), *points = json_array();
    run_usual(plan, unit, plan->platforms.platform[0], job_timeout(plan, -1), &outcome);
    double busy = busy_seconds();
    tell_run(plan, plan->platforms.platform[0], &outcome, plan->only ? plan->only : unit->name);
    if (was_run(&outcome) && any_failed(&outcome))
        repeat_native(plan, unit, job_timeout(plan, outcome.seconds), &outcome.points, flaky);
    for (size_t i = 0; i < outcome.points.count; i++) {
        const struct point *point = &outcome.points.point[i];
        json_t *one = json_object();
        json_object_set_new(one, "name", document_text(point->name));
        json_object_set_new(one, "verdict", json_string(native_verdict(&outcome, point, flaky)));
        evidence_add(one, &outcome, point);
        if (outcome.ending.how == END_TIMEOUT)
            evidence_keep(one, plan, &outcome, "native", (unsigned int)number + 1);
        json_array_append_new(points, one);
    }
    json_t *result = json_pack("{s:f, s:f, s:o, s:b}", "seconds", outcome.seconds, "busy", busy, "points", points,
                               "stopped", run_is_stopped());
    json_decref(flaky);
    outcome_drop(&outcome);
    return result;
}

/* --- as a platform --- */

struct platform_job {
    const struct plan *plan;
    const struct unit *unit;
    const struct platform *platform;
    const struct known *known;
    size_t number; /* of the unit */
    double timeout;
    struct outcome first, again[AGAIN];
    json_t *flaky;
    bool was_repeated;
    json_t *causes;
    unsigned int runs;
};

static bool is_tried(const struct platform_job *job, const struct known_case *one)
{
    return one->unit == job->number && strcmp(one->verdict, VERDICT_PASSES) == 0;
}

/* Whether any case that passes natively does not now. */
static bool any_differs(const struct platform_job *job)
{
    for (size_t i = 0; i < job->known->count; i++) {
        const struct known_case *one = &job->known->cases[i];
        if (is_tried(job, one) && points_mark(&job->first.points, one->name) != MARK_PASS)
            return true;
    }
    return false;
}

/* The points as they were natively, for what the first run was compared with. */
static void repeat_both(struct platform_job *job)
{
    struct points before = {0};
    for (size_t i = 0; i < job->known->count; i++)
        if (is_tried(job, &job->known->cases[i]))
            points_add(&before, job->known->cases[i].name, strlen(job->known->cases[i].name), MARK_PASS, NULL);
    if (!job->known->units[job->number].is_stable)
        repeat_native(job->plan, job->unit, job->timeout, &before, job->flaky);
    for (unsigned int i = 0; i < AGAIN && !run_is_stopped(); i++)
        run_usual(job->plan, job->unit, job->platform, job->timeout, &job->again[i]);
    job->runs += AGAIN;
    job->was_repeated = true;
}

/* Whether a case that did not pass at first always fails here, and never natively. */
static bool is_firm(const struct platform_job *job, const char *name)
{
    for (unsigned int i = 0; i < AGAIN; i++)
        if (points_mark(&job->again[i].points, name) == MARK_PASS)
            return false;
    return !json_object_get(job->flaky, name);
}

static const char *verdict_of(const struct platform_job *job, const char *name)
{
    if (!was_run(&job->first))
        return VERDICT_NOT_RUN;
    if (points_mark(&job->first.points, name) == MARK_PASS)
        return VERDICT_PASSES;
    if (run_is_stopped())
        return VERDICT_NOT_RUN;
    return is_firm(job, name) ? VERDICT_DIFFERS : VERDICT_FLAKY;
}

static void add_causes(struct platform_job *job, json_t *result, const char *name)
{
    struct difference difference = {.plan = job->plan,
                                    .unit = job->unit,
                                    .platform = job->platform,
                                    .name = name,
                                    .timeout = job->timeout,
                                    .acts = &job->first.acts,
                                    .causes = job->causes};
    json_t *causes = cause_find(&difference), *names = json_array();
    size_t i;
    json_t *cause;
    json_array_foreach(causes, i, cause)
        json_array_append_new(names, json_string(text_of(cause, "key")));
    if (json_array_size(names) > 0)
        json_array_append(job->causes, names);
    json_decref(names);
    json_object_set_new(result, "causes", causes);
    job->runs += difference.runs;
}

static json_t *result_of(struct platform_job *job, const struct known_case *one)
{
    json_t *result = json_object();
    const char *verdict = verdict_of(job, one->name);
    unsigned int before = job->runs;
    struct point *point = points_find(&job->first.points, one->name);
    json_object_set_new(result, "case", document_text(one->name));
    json_object_set_new(result, "number", json_integer(one->number));
    json_object_set_new(result, "platform", document_text(job->platform->label));
    if (strcmp(verdict, VERDICT_DIFFERS) == 0)
        add_causes(job, result, one->name);
    if (run_is_stopped() && strcmp(verdict, VERDICT_PASSES) != 0)
        verdict = VERDICT_NOT_RUN;
    json_object_set_new(result, "verdict", json_string(verdict));
    json_object_set_new(result, "seconds", json_real(job->first.seconds));
    json_object_set_new(result, "runs", json_integer(1 + (job->was_repeated ? AGAIN : 0) + job->runs - before));
    if (strcmp(verdict, VERDICT_PASSES) != 0)
        evidence_add(result, &job->first, point);
    if (strcmp(verdict, VERDICT_DIFFERS) == 0 || job->first.ending.how == END_TIMEOUT)
        evidence_keep(result, job->plan, &job->first, job->platform->label, one->number);
    evidence_add_doubts(result, &job->first, &job->platform->annotated);
    const char *id = evidence_id(job->plan, job->platform->label, one->number);
    if (id)
        json_object_set_new(result, "replay", document_text(id));
    return result;
}

json_t *job_platform(const struct plan *plan, const struct units *units, const struct known *known, size_t unit,
                     const struct platform *platform)
{
    struct platform_job job = {.plan = plan,
                               .unit = &units->unit[unit],
                               .platform = platform,
                               .known = known,
                               .number = unit,
                               .timeout = job_timeout(plan, known->units[unit].seconds),
                               .flaky = json_object(),
                               .causes = json_deep_copy(known->causes)};
    json_t *results = json_array();
    const struct request request = usual_request(plan, job.unit, platform, job.timeout);
    run(&request, &job.first);
    if (plan->is_verbose || (was_run(&job.first) && any_differs(&job)))
        run_find_places(&request, &job.first);
    tell_run(plan, platform, &job.first, plan->only ? plan->only : job.unit->name);
    tell_acts(plan, &job.first.acts);
    if (was_run(&job.first) && any_differs(&job))
        repeat_both(&job);
    for (size_t i = 0; i < known->count; i++)
        if (is_tried(&job, &known->cases[i]))
            json_array_append_new(results, result_of(&job, &known->cases[i]));
    bool is_stable = job.was_repeated && json_object_size(job.flaky) == 0 && !run_is_stopped();
    outcome_drop(&job.first);
    for (unsigned int i = 0; i < AGAIN; i++)
        outcome_drop(&job.again[i]);
    return json_pack("{s:o, s:o, s:b, s:b}", "results", results, "causes", job.causes, "is_stable", is_stable,
                     "stopped", run_is_stopped());
}
