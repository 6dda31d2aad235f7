#include "../options.h"
#include "../number.h"
#include "options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cli.h"
#include "provoke.h"
#include "provoke_wish.h"
#include "reports.h"
#include "shard.h"
#include "split.h"
#include "status.h"

enum { OPTION_SHARD = OPTION_LONG, OPTION_MERGE, OPTION_ROOT, OPTION_REPLAY, OPTION_PROVOKE };

static int usage(const char *option, const char *value, const char *expected)
{
    say("%s: \"%s\": expected %s", option, value, expected);
    return STATUS_USAGE;
}

static int take_jobs(struct plan *plan, const char *value)
{
    uint64_t jobs;
    if (!number_read(value, 1, 1024, &jobs))
        return usage("-j", value, "a number from 1 to 1024");
    plan->jobs = (unsigned int)jobs;
    plan->has_jobs = true;
    return -1;
}

static int take_timeout(struct plan *plan, const char *value)
{
    char *end;
    plan->timeout = strtod(value, &end);
    if (end == value || *end || !(plan->timeout > 0 && plan->timeout <= 86400))
        return usage("--timeout", value, "seconds, more than 0 and at most 86400");
    return -1;
}

static int take_split(struct plan *plan, const char *value)
{
    plan->split = split_find(value);
    return plan->split ? -1 : STATUS_USAGE;
}

static int take_common(struct plan *plan, int option)
{
    switch (option) {
    case 's':
        return take_split(plan, optarg);
    case 't':
        return take_timeout(plan, optarg);
    case OPTION_ROOT:
        plan->root = optarg;
        return -1;
    default:
        return STATUS_USAGE;
    }
}

static int take(struct plan *plan, struct wish *wish, int option)
{
    switch (option) {
    case 'p':
        plan->names = optarg;
        return -1;
    case 'j':
        return take_jobs(plan, optarg);
    case 'e':
        plan->each = optarg;
        return -1;
    case 'r':
        return reports_add(&plan->reports, test_reports, optarg);
    case 'b':
        plan->baseline = optarg;
        return -1;
    case OPTION_SHARD:
        return shard_read(plan, optarg);
    case OPTION_MERGE:
        wish->merges = true;
        return -1;
    case OPTION_PROVOKE:
        plan->provoke = optarg;
        return provoke_read(plan) ? STATUS_USAGE : -1;
    case OPTION_REPLAY:
        wish->replay = optarg;
        return -1;
    case OPTION_HELP:
        return 0;
    default:
        return take_common(plan, option);
    }
}

static void set_defaults(struct plan *plan)
{
    const char *set = getenv("LISTENAS_SET");
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    plan->jobs = processors > 0 ? (unsigned int)processors : 1;
    plan->set = set ? set : "";
}

int test_options(struct plan *plan, struct wish *wish, int count, char **arguments)
{
    int option, status = -1;
    set_defaults(plan);
    while (status == -1 && (option = next_option(count, arguments, &verb_test)) != -1)
        status = take(plan, wish, option);
    plan->words = arguments + optind;
    if (status != -1)
        return status;
    if (plan->each && plan->split) {
        say("--each and --split: expected one of them");
        return STATUS_USAGE;
    }
    if (optind < count || wish->replay)
        return -1;
    say(wish->merges ? "--merge: expected the JSON reports to join"
                     : "expected a command to run; `listenas help test` tells more");
    return STATUS_USAGE;
}

static int read_why_options(struct plan *plan, int count, char **arguments)
{
    int option, status = -1;
    while (status == -1 && (option = next_option(count, arguments, &verb_why)) != -1) {
        status = option == OPTION_HELP ? 0 : take_common(plan, option);
    }
    return status;
}

/* The options may stand before and after the case. */
int why_options(struct plan *plan, const char **target, int count, char **arguments)
{
    set_defaults(plan);
    plan->jobs = 1;
    plan->has_jobs = true;
    int status = read_why_options(plan, count, arguments);
    if (status != -1)
        return status;
    if (optind >= count || !strrchr(arguments[optind], '@')) {
        say("expected CASE@PLATFORM, such as tcp/bind@mks; `listenas help why` tells more");
        return STATUS_USAGE;
    }
    *target = arguments[optind++];
    status = read_why_options(plan, count, arguments);
    plan->words = arguments + optind;
    if (status != -1 || optind < count)
        return status;
    say("expected a command to run; `listenas help why` tells more");
    return STATUS_USAGE;
}

const struct verb_option test_options_table[] = {
    {"platforms", 'p', "PROFILES", "such as mks,bsd,./own.conf; else all"},
    {"profiles", 'p', "PROFILES", NULL},
    {"jobs", 'j', "N", "so many runs at a time; else one for each processor, and more if the cases mostly wait"},
    {"each", OLD_LETTER('e'), "FILE",
     "a run for each name in FILE, one a line (or ended by NUL bytes); it replaces {} in the command"},
    {"split", 's', "HOW",
     "a run for each case that a framework lists: check, ctest, node, pytest; tap: a case is a test point of the one "
     "run"},
    {"timeout", 't', "SECONDS", "the limit of one run; else 10 times what the case takes natively, and 5 s"},
    {"report", OLD_LETTER('r'), "KIND=FILE", "junit, tap, json or sarif into FILE; github: to standard output"},
    {"baseline", 'b', "FILE", "of an earlier --report=json: only what is newly broken counts and is shown"},
    {"against", 'b', "FILE", NULL},
    {"shard", OPTION_SHARD, "I/N", "only this part of cases and platforms, the same on every machine"},
    {"merge", OPTION_MERGE, NULL, "joins the JSON reports of all shards"},
    {"provoke", OPTION_PROVOKE, "ERRORS",
     "all, or a list such as accept,connect:ETIMEDOUT: has the 1st, 2nd, 3rd ... such call fail, one in each run, "
     "until "
     "a run has none; natively, or as the platforms of -p"},
    {"root", OPTION_ROOT, "DIR", "the program's own source; else the top of the repository"},
    {"replay", OPTION_REPLAY, "ID", "one case as one platform, as a report names it, alone and verbosely"},
    {0},
};

const struct verb_option why_options_table[] = {
    {"split", 's', "HOW", "as for `listenas test`; without, CASE replaces {} in the command"},
    {"timeout", 't', "SECONDS", "the limit of one run"},
    {"root", OPTION_ROOT, "DIR", "the program's own source; else the top of the repository"},
    {0},
};
