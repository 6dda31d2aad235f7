/* listenas why: one case as one platform, alone and verbosely. */
#include <string.h>

#include "../cli.h"
#include "cases.h"
#include "memory.h"
#include "options.h"
#include "setup.h"
#include "status.h"
#include "test.h"

static bool is_within(const char *name, const struct unit *unit)
{
    size_t length = strlen(unit->name);
    return strcmp(unit->name, name) == 0 ||
           (unit->reading == READ_CHECK && strncmp(unit->name, name, length) == 0 && name[length] == '/');
}

/* A case of Check is SUITE/TCASE/TEST, and its tests are not known before they run: the name's own TEST is kept. */
static void try_unit(struct suggestion *nearest, const struct unit *unit, const char *name)
{
    const char *test = strrchr(name, '/');
    suggest_try(nearest, unit->name);
    if (unit->reading != READ_CHECK || !test)
        return;
    char *whole = memory_format("%s%s", unit->name, test);
    suggest_try(nearest, whole);
    free(whole);
}

static int say_unknown_case(const struct units *units, const char *name)
{
    char best[256];
    const struct unit *first = &units->unit[0];
    struct suggestion nearest = suggest_start(name, best, sizeof best);
    for (size_t i = 0; i < units->count; i++)
        try_unit(&nearest, &units->unit[i], name);
    if (suggest_found(&nearest))
        say("unknown case \"%s\"; did you mean %s?", name, best);
    else
        say("unknown case \"%s\"; expected one such as \"%s%s\"; `listenas test` names those that differ", name,
            first->name, first->reading == READ_CHECK ? "/TEST" : "");
    return STATUS_USAGE;
}

/* The unit of a framework that the case is in; the test points of one run are all in that. */
static int find_in_split(struct plan *plan, struct units *units, const char *name)
{
    int status = cases_find(plan, units);
    if (status)
        return status;
    for (size_t i = 0; i < units->count; i++) {
        if (!is_within(name, &units->unit[i]) && units->unit[i].reading != READ_TAP)
            continue;
        if (units->unit[i].only_own_point && strcmp(units->unit[i].name, name) != 0)
            continue;
        units->unit[0] = units->unit[i];
        units->count = 1;
        return 0;
    }
    return say_unknown_case(units, name);
}

static int find_unit(struct plan *plan, struct units *units, const char *name)
{
    if (plan->split)
        return find_in_split(plan, units, name);
    if (!words_have_place(plan->words))
        return cases_find(plan, units);
    units_add(units, memory_text(name), words_for(plan->words, name, false), READ_STATUS);
    return 0;
}

/* A whole test case (tcase) of Check, or a command without cases, is no one case. */
static const char *only_case(const struct plan *plan, const struct units *units, const char *name)
{
    bool is_whole = units->unit[0].reading == READ_CHECK && strcmp(units->unit[0].name, name) == 0;
    return is_whole || (!plan->split && !words_have_place(plan->words)) ? NULL : name;
}

static int run(int count, char **arguments)
{
    static struct plan plan;
    struct units units = {0};
    const char *target = NULL;
    int status = why_options(&plan, &target, count, arguments);
    if (status != -1)
        return status;
    const char *at = strrchr(target, '@');
    char *name = memory_part(target, (size_t)(at - target));
    plan.names = at + 1;
    plan.is_verbose = true;
    status = setup_begin(&plan, false);
    if (!status)
        status = find_unit(&plan, &units, name);
    if (!status) {
        plan.only = only_case(&plan, &units, name);
        status = test_units(&plan, &units);
    }
    return test_end(&plan, status);
}

static const struct verb_text more[] = {
    {"exit status",
     "0 if the case passes as the platform, too, 1 if it does not, 2 for a wrong command line, 3 if it fails natively, "
     "4 if it is flaky, 125 if this command itself failed."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas why unbound@mks -- python3 {}.py", "runs unbound.py natively and as MKS"},
    {"listenas why --split=check net/tcp/bind@mks -- ./check_server",
     "one test of a suite with Check, as `listenas test` names it"},
    {0},
};

const struct verb verb_why = {
    .name = "why",
    .summary = "run one case of a test as one platform, and tell each step",
    .usage = "CASE@PLATFORM [option]... [--] command [word]...",
    .about = "Runs one case natively and as one platform, and tells what acted, what was tried, and what is the cause.",
    .options = why_options_table,
    .more = more,
    .examples = examples,
    .runs_command = true,
    .run = run,
};
