/* listenas test: a program's own tests on every platform, and the cause of each difference. */
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "../cli.h"
#include "baseline.h"
#include "cases.h"
#include "merge.h"
#include "options.h"
#include "pool.h"
#include "provoke.h"
#include "provoke_wish.h"
#include "replay.h"
#include "reports.h"
#include "session.h"
#include "setup.h"
#include "status.h"
#include "table.h"

/* A longer name of a case is not suggested. */
#define CASE_SIZE 256

/* As a program that the signal ended. */
static void end_by_signal(void)
{
    sigset_t all;
    int number = pool_signal();
    if (number == 0)
        return;
    fflush(stdout);
    signal(number, SIG_DFL);
    raise(number);
    sigfillset(&all);
    sigprocmask(SIG_UNBLOCK, &all, NULL);
}

/* What is reported even if the test was interrupted. */
static int report(const struct plan *plan, json_t *document)
{
    int status = plan->baseline ? baseline_apply(document, plan->baseline) : 0;
    if (status)
        return status;
    findings_print(document);
    status = reports_write(&plan->reports, document);
    return status ? status : document_status(document);
}

static int say_no_case(const struct plan *plan)
{
    if (suggest_found(plan->nearest))
        say("unknown case \"%s\"; did you mean %s?", plan->only, plan->nearest->best);
    else
        say("there is no case \"%s\" among those that ran natively", plan->only);
    return STATUS_USAGE;
}

int test_units(struct plan *plan, const struct units *units)
{
    char best[CASE_SIZE];
    struct suggestion nearest = suggest_start(plan->only ? plan->only : "", best, sizeof best);
    plan->nearest = &nearest;
    json_t *document = session_run(plan, units);
    int status;
    if (plan->kept)
        setup_keep(plan, document);
    if (plan->only && json_array_size(list_of(document, "cases")) == 0 && !pool_signal())
        status = say_no_case(plan);
    else
        status = report(plan, document);
    json_decref(document);
    plan->nearest = NULL;
    return status;
}

int test_end(struct plan *plan, int status)
{
    setup_end(plan);
    end_by_signal();
    return status;
}

static int test(struct plan *plan)
{
    struct units units = {0};
    int status = provoke_check(plan);
    if (!status)
        status = setup_begin(plan, !plan->provoke);
    if (!status)
        status = cases_find(plan, &units);
    if (!status)
        status = plan->provoke ? provoke_units(plan, &units) : test_units(plan, &units);
    return test_end(plan, status);
}

static int replay(struct plan *plan, const char *id)
{
    struct units units = {0};
    plan->is_verbose = true;
    int status = replay_prepare(plan, &units, id);
    if (!status)
        status = setup_begin(plan, false);
    if (!status)
        status = test_units(plan, &units);
    return test_end(plan, status);
}

static int merge(const struct plan *plan)
{
    json_t *document = merge_files(plan->words);
    if (!document)
        return STATUS_USAGE;
    table_all(document);
    int status = report(plan, document);
    json_decref(document);
    return status;
}

static int run(int count, char **arguments)
{
    static struct plan plan;
    struct wish wish = {0};
    int status = test_options(&plan, &wish, count, arguments);
    if (status != -1)
        return status;
    if (wish.merges)
        return merge(&plan);
    return wish.replay ? replay(&plan, wish.replay) : test(&plan);
}

static const struct verb_text more[] = {
    {"exit status", "0 if every case goes as natively, 1 if one does not as some platform, 2 for a wrong command "
                    "line, 3 if one fails natively and none differs, 4 if one is flaky and nothing else is wrong, 125 "
                    "if this command itself failed."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas test -p mks,posix,freebsd -- python3 unbound.py", "one case: the command"},
    {"listenas test -p mks --each=names -- python3 {}.py", "a case for each line of the file names"},
    {"listenas test --provoke=listen -- python3 unbound.py", "each error that listen can have, once"},
    {0},
};

const struct verb verb_test = {
    .name = "test",
    .summary = "run a program's own tests as every platform, and find the cause of each difference",
    .usage = "[option]... [--] command [word]...\n--replay=ID\n--merge [--report=...]... file...",
    .about = "Runs a program's own tests natively and as each platform, and finds the cause of each difference.",
    .options = test_options_table,
    .more = more,
    .examples = examples,
    .runs_command = true,
    .run = run,
};
