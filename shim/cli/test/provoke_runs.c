#include "provoke_runs.h"

#include <stdlib.h>

#include "../../profile/errno_name.h"
#include "document.h"
#include "how.h"
#include "job.h"
#include "memory.h"
#include "provoke_ring.h"
#include "provoke_session.h"
#include "provoke_watch.h"
#include "run.h"

/* Runs without an error; and more of both kinds in which a leak has to show. */
#define AGAIN 2

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

/* Never provoked, since no program makes so many calls; but each call is recorded, so that runs can be compared. */
#define NONE                                                                                                           \
    "socket:EMFILE@4294967294,bind:EACCES@4294967294,listen:EADDRINUSE@4294967294,accept:EMFILE@4294967294,"           \
    "connect:ETIMEDOUT@4294967294,force"

/* `setting`: the error, "" for none. `seen` must be dropped. */
static void run_once(const struct provoke_session *session, const struct provoke_task *task, const char *setting,
                     double timeout, struct seen *seen)
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

json_t *provoke_without_error(size_t job, void *context)
{
    struct provoke_session *session = context;
    struct provoke_task task = session->tasks[job];
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

/* The sockets that stay at the end of one more run; -1 if they were not seen. */
static int count_again(const struct provoke_session *session, const struct provoke_task *task, const char *setting,
                       double timeout)
{
    struct seen seen;
    run_once(session, task, setting, timeout, &seen);
    int sockets = seen.passes && !run_is_stopped() ? seen.watch.sockets : -1;
    drop(&seen);
    return sockets;
}

/* Whether more sockets stay at the end of a run that passes than in any without the error, each time. */
static bool leaks(const struct provoke_session *session, const struct provoke_task *task, const json_t *usual,
                  const char *setting, double timeout, int sockets)
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

static json_t *words_of(const struct provoke_session *session, const struct provoke_task *task, const json_t *usual,
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

static json_t *result_of(const struct provoke_session *session, const struct provoke_task *task, const json_t *usual,
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

json_t *provoke_with_error(size_t job, void *context)
{
    const struct provoke_session *session = context;
    const struct provoke_task *task = &session->tasks[job];
    const json_t *usual = *provoke_usual(session, task);
    double timeout = job_timeout(session->plan, number_of(usual, "seconds"));
    json_t *runs = json_array();
    bool ends = false;
    for (unsigned int number = 1; number <= PROVOKE_RUNS_MOST && !ends; number++) {
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
