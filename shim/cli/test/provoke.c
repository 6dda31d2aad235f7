#include "provoke.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../profile/errno_name.h"
#include "../../profile/loader/provoke.h"
#include "../cli.h"
#include "document.h"
#include "how.h"
#include "job.h"
#include "memory.h"
#include "pool.h"
#include "provoke_ring.h"
#include "provoke_watch.h"
#include "provoke_wish.h"
#include "run.h"
#include "status.h"
#include "table.h"

/* Runs for one error at one call. A program that makes more such calls is told of. */
#define RUNS_MOST 200
/* Runs without an error; and more of both kinds in which a leak has to show. */
#define AGAIN 2

/* One error of one call, in one unit, as one platform. */
struct task {
    size_t unit, platform;
    const char *call;
    int error;
};

struct session {
    const struct plan *plan;
    const struct units *units;
    struct task *tasks;
    size_t count;
    size_t platform, platforms; /* the first that is tried, and the one after the last */
    json_t **usual;             /* of each unit as each platform: what a run without an error is like */
    json_t **results;           /* of each task */
    const char *phase;
};

static const struct errors *listed(const struct profile *profile, const char *call)
{
    char full[KEY_FULL_ROOM];
    snprintf(full, sizeof full, "errors.%s", call);
    return (const void *)((const char *)profile + key_fields[key_of_name(full)].offset);
}

/* --- one run --- */

struct seen {
    struct outcome outcome;
    struct watch watch;
    struct provoked_run ring;
    bool passes;
};

static bool all_pass(const struct points *points)
{
    for (size_t i = 0; i < points->count; i++)
        if (points->point[i].mark != MARK_PASS)
            return false;
    return true;
}

/* Nothing comes of this, but all calls are recorded in each run, so that runs can be compared. */
#define NONE                                                                                                           \
    "socket:EMFILE@4294967294,bind:EACCES@4294967294,listen:EADDRINUSE@4294967294,accept:EMFILE@4294967294,"           \
    "connect:ETIMEDOUT@4294967294,force"

/* `setting`: the error, "" for none. `seen` must be dropped. */
static void run_once(const struct session *session, const struct task *task, const char *setting, double timeout,
                     struct seen *seen)
{
    char *variable = memory_format("LISTENAS_PROVOKE=%s,%s", setting, NONE);
    const char *const environment[] = {variable, NULL};
    const struct way way = {.set = "", .environment = environment};
    const struct request request = {.plan = session->plan,
                                    .unit = &session->units->unit[task->unit],
                                    .platform = session->plan->platforms.platform[task->platform],
                                    .way = &way,
                                    .timeout = timeout};
    *seen = (struct seen){0};
    watch_begin(&seen->watch, session->plan->is_isolated);
    run(&request, &seen->outcome);
    watch_end(&seen->watch);
    if (seen->outcome.ring)
        provoke_ring_read(&seen->ring, seen->outcome.ring, task->call);
    seen->passes = seen->outcome.ending.how == END_EXIT && all_pass(&seen->outcome.points);
    free(variable);
}

static void drop(struct seen *seen)
{
    outcome_drop(&seen->outcome);
}

/* --- without an error --- */

static json_t *work_usually(size_t job, void *context)
{
    struct session *session = context;
    struct task task = session->tasks[job];
    struct seen seen;
    int sockets = -1;
    double seconds = 0;
    bool passes = true, spins = false, stuck = false;
    json_int_t records = 0;
    task.call = "";
    for (int i = 0; i < AGAIN && passes && !run_is_stopped(); i++) {
        run_once(session, &task, "", job_timeout(session->plan, i == 0 ? -1 : seconds), &seen);
        passes = seen.passes;
        spins |= seen.ring.spins;
        stuck |= seen.watch.is_stuck;
        sockets = seen.watch.sockets > sockets ? seen.watch.sockets : sockets;
        seconds = seen.outcome.seconds > seconds ? seen.outcome.seconds : seconds;
        records = (json_int_t)seen.ring.records;
        drop(&seen);
    }
    return json_pack("{s:b, s:b, s:b, s:i, s:f, s:I}", "passes", passes, "spins", spins, "stuck", stuck, "sockets",
                     sockets, "seconds", seconds, "records", records);
}

static size_t index_of(const struct session *session, const struct task *task)
{
    return task->platform * session->units->count + task->unit;
}

static void take_usual(size_t job, json_t *result, void *context)
{
    struct session *session = context;
    session->usual[index_of(session, &session->tasks[job])] = result ? json_incref(result) : NULL;
}

/* --- with one --- */

/* The sockets that stay at the end of one more run; -1 if they were not seen. */
static int count_again(const struct session *session, const struct task *task, const char *setting, double timeout)
{
    struct seen seen;
    run_once(session, task, setting, timeout, &seen);
    int sockets = seen.passes && !run_is_stopped() ? seen.watch.sockets : -1;
    drop(&seen);
    return sockets;
}

/* Whether more sockets stay at the end of a run that passes than in any without the error, each time. */
static bool leaks(const struct session *session, const struct task *task, const json_t *usual, const char *setting,
                  double timeout, int sockets)
{
    int most = (int)number_of(usual, "sockets");
    bool more = most >= 0 && sockets > most;
    for (int i = 0; i < AGAIN && more; i++) {
        int without = count_again(session, task, "", timeout);
        most = without > most ? without : most;
        more = sockets > most && count_again(session, task, setting, timeout) > most;
    }
    return more;
}

static void add_word(json_t *words, bool is_true, const char *word)
{
    if (is_true)
        json_array_append_new(words, json_string(word));
}

static json_t *words_of(const struct session *session, const struct task *task, const json_t *usual,
                        const char *setting, double timeout, const struct seen *seen)
{
    json_t *words = json_array();
    add_word(words, !seen->passes, "fails");
    add_word(words, seen->ring.spins && !truth_of(usual, "spins"), "spins");
    add_word(words, seen->watch.is_stuck && !truth_of(usual, "stuck"), "stuck");
    add_word(words,
             !seen->passes && seen->outcome.ending.how != END_TIMEOUT && !seen->watch.is_stuck && !seen->ring.goes_on &&
                 number_of(usual, "records") > (double)seen->ring.position,
             "exits");
    add_word(words, seen->passes && leaks(session, task, usual, setting, timeout, seen->watch.sockets), "leaks");
    how_it_ran(words, &seen->outcome);
    return words;
}

static json_t *result_of(const struct session *session, const struct task *task, const json_t *usual,
                         const char *setting, double timeout, const struct seen *seen)
{
    char ended[80];
    ending_describe(seen->outcome.ending, seen->outcome.seconds, ended, sizeof ended);
    return json_pack("{s:s, s:s, s:o}", "provoked", setting, "ended", ended, "words",
                     words_of(session, task, usual, setting, timeout, seen));
}

/* Whether the program made this call as often, though the error could not happen to it. */
static bool is_reached(const struct seen *seen, unsigned int number)
{
    return seen->ring.is_met || seen->ring.most >= number;
}

/* One run for each call of the kind, until a run has no such call. Returns {"runs": [...], "ends": true}. */
static json_t *work_provoked(size_t job, void *context)
{
    const struct session *session = context;
    const struct task *task = &session->tasks[job];
    const json_t *usual = session->usual[index_of(session, task)];
    double timeout = job_timeout(session->plan, number_of(usual, "seconds"));
    json_t *runs = json_array();
    bool ends = false;
    for (unsigned int number = 1; number <= RUNS_MOST && !ends; number++) {
        struct seen seen;
        char *setting = memory_format("%s:%s@%u", task->call, errno_name(task->error), number);
        run_once(session, task, setting, timeout, &seen);
        ends = run_is_stopped() || !is_reached(&seen, number);
        if (!run_is_stopped() && seen.ring.is_met)
            json_array_append_new(runs, result_of(session, task, usual, setting, timeout, &seen));
        drop(&seen);
        free(setting);
    }
    return json_pack("{s:o, s:b}", "runs", runs, "ends", ends);
}

static void take_provoked(size_t job, json_t *result, void *context)
{
    struct session *session = context;
    session->results[job] = result ? json_incref(result) : NULL;
}

static void show_progress(size_t ended, void *context)
{
    const struct session *session = context;
    char text[160];
    snprintf(text, sizeof text, "%s: %zu of %zu", session->phase, ended, session->count);
    table_progress(text);
}

static bool run_all(struct session *session, const char *phase, json_t *(*work)(size_t, void *),
                    void (*done)(size_t, json_t *, void *))
{
    const struct pool pool = {
        .most = session->plan->jobs, .work = work, .done = done, .tick = show_progress, .context = session};
    session->phase = phase;
    bool went_on = pool_run(&pool, session->count);
    table_progress("");
    return went_on;
}

/* --- what there is to do --- */

static void add_task(struct session *session, struct task task)
{
    session->tasks = memory_more(session->tasks, session->count + 1, sizeof *session->tasks);
    session->tasks[session->count++] = task;
}

static void list_usual(struct session *session)
{
    session->count = 0;
    for (size_t platform = session->platform; platform < session->platforms; platform++)
        for (size_t unit = 0; unit < session->units->count; unit++)
            add_task(session, (struct task){.unit = unit, .platform = platform});
}

/* The errors of one call, in one unit as one platform. */
static void list_errors(struct session *session, struct task task)
{
    const struct profile *profile = &session->plan->platforms.platform[task.platform]->annotated.profile;
    for (task.error = 1; task.error < ERRNO_END; task.error++)
        if (errors_has(listed(profile, task.call), task.error) &&
            provoke_asks(session->plan->provoke, task.call, task.error))
            add_task(session, task);
}

static void list_provoked(struct session *session)
{
    session->count = 0;
    for (size_t platform = session->platform; platform < session->platforms; platform++)
        for (size_t unit = 0; unit < session->units->count; unit++) {
            struct task task = {.unit = unit, .platform = platform};
            for (size_t i = 0; i < PROVOKE_CALLS && truth_of(session->usual[index_of(session, &task)], "passes"); i++) {
                task.call = provoke_calls[i];
                list_errors(session, task);
            }
        }
}

/* --- what is told --- */

struct sum {
    size_t runs, passed;
};

static void print_run(const struct session *session, const struct task *task, const json_t *run)
{
    size_t i;
    json_t *word;
    printf("%s:", text_of(run, "provoked"));
    json_array_foreach(list_of(run, "words"), i, word) printf("%s %s", i ? "," : "", json_string_value(word));
    printf("\n    as ");
    print_visible(session->plan->platforms.platform[task->platform]->label, 0);
    printf(", in ");
    print_visible(session->units->unit[task->unit].name, 0);
    printf(": %s\n", text_of(run, "ended"));
}

static void print_task(const struct session *session, size_t index, struct sum *sum)
{
    const struct task *task = &session->tasks[index];
    const json_t *result = session->results[index];
    size_t i;
    json_t *run;
    json_array_foreach(list_of(result, "runs"), i, run)
    {
        sum->runs++;
        if (json_array_size(list_of(run, "words")) == 0)
            sum->passed++;
        else
            print_run(session, task, run);
    }
    if (result && !truth_of(result, "ends"))
        printf("%s:%s: there are more than %d such calls; the later ones were not tried\n", task->call,
               errno_name(task->error), RUNS_MOST);
}

/* Units that do not pass without an error say nothing with one. Returns how many there are. */
static size_t print_failing(const struct session *session)
{
    size_t failing = 0;
    for (size_t platform = session->platform; platform < session->platforms; platform++)
        for (size_t unit = 0; unit < session->units->count; unit++) {
            const struct task task = {.unit = unit, .platform = platform};
            if (truth_of(session->usual[index_of(session, &task)], "passes"))
                continue;
            failing++;
            printf("not tried: it fails without an error: ");
            print_visible(session->units->unit[unit].name, 0);
            printf(", as ");
            print_visible(session->plan->platforms.platform[platform]->label, 0);
            putchar('\n');
        }
    return failing;
}

static int report(const struct session *session)
{
    struct sum sum = {0};
    size_t failing = print_failing(session), dead = 0;
    for (size_t i = 0; i < session->count; i++) {
        dead += !session->results[i];
        print_task(session, i, &sum);
    }
    printf("%zu error%s provoked, one in each run: %zu runs pass, %zu do not\n", sum.runs, sum.runs == 1 ? "" : "s",
           sum.passed, sum.runs - sum.passed);
    if (!session->plan->is_isolated)
        puts("no network of its own, so servers that are stuck were not looked for");
    if (sum.runs > sum.passed)
        return STATUS_DIFFERS;
    return dead ? STATUS_OWN : failing ? STATUS_NATIVE : STATUS_AS_NATIVE;
}

int provoke_units(const struct plan *plan, const struct units *units)
{
    struct session session = {.plan = plan, .units = units};
    session.platform = plan->names ? 1 : 0; /* without a list it is the running kernel that is asked about */
    session.platforms = plan->names ? plan->platforms.count : 1;
    session.usual = memory_new(session.platforms * units->count * sizeof *session.usual);
    list_usual(&session);
    bool went_on = run_all(&session, "without an error", work_usually, take_usual);
    list_provoked(&session);
    session.results = memory_new((session.count + 1) * sizeof *session.results);
    if (went_on)
        run_all(&session, "with errors", work_provoked, take_provoked);
    return report(&session);
}
