/* listenas compare: which recorded calls would have gone otherwise as another platform. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../profile/advice.h"
#include "../../profile/errno_name.h"
#include "../cli.h"
#include "../lint/calls.h"
#include "../lint/findings.h"
#include "../lint/heading.h"
#include "../options.h"
#include "../symbols/symbols.h"
#include "../test/memory.h"
#include "../test/platforms.h"
#include "../test/setup.h"
#include "../test/status.h"

enum { OPTION_ROOT = OPTION_LONG };

static const struct verb_option options[] = {
    {"as", 'p', "PROFILE", "the platform, or the path of a file"},
    {"profile", 'p', "PROFILE", NULL},
    {"platform", 'p', "PROFILE", NULL},
    {"root", OPTION_ROOT, "DIR", "the program's own source; else the top of the repository"},
    {0},
};

static const struct verb_text more[] = {
    {"exit status", "0 if every call would have gone the same, 1 if one would not, 2 for a wrong command line or a "
                    "record without facts, 125 if this command itself failed."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas run -o record.facts=yes -r /tmp/server.ring -- ./server", "records the server with facts"},
    {"listenas compare /tmp/server.ring --as=mks", "tells what MKS would have made of it"},
    {0},
};

static int verb_compare_run(int count, char **arguments);

const struct verb verb_compare = {
    .name = "compare",
    .summary = "tell which recorded calls would have gone otherwise as another platform",
    .usage = "--as=PROFILE [option]... [NAME | PID | FILE]",
    .about = "Judges the calls of a record that was made natively with facts (record.facts) by the rules of one "
             "platform. What Linux cannot keep of it is not judged.\n\n"
             "NAME is a program, PID a process, FILE a record (a path has a slash); without one, the server that was "
             "active last.",
    .options = options,
    .more = more,
    .examples = examples,
    .run = verb_compare_run,
};

struct comparing {
    struct lint_wish wish;
    const char *server; /* NULL: the one that was active last */
};

/* -1 to go on, or an exit status. The options may stand before and after the server. */
static int read_options(struct comparing *it, int count, char **arguments)
{
    int option;
    while ((option = next_option(count, arguments, &verb_compare)) != -1) {
        if (option == 'p')
            it->wish.names = optarg;
        else if (option == OPTION_ROOT)
            it->wish.root = optarg;
        else
            return option == OPTION_HELP ? 0 : STATUS_USAGE;
    }
    it->server = arguments[optind];
    if (it->wish.names && !strchr(it->wish.names, ',') && count - optind <= 1)
        return -1;
    say("compare: expected --as=PROFILE and at most one server; `listenas help compare` tells more");
    return STATUS_USAGE;
}

static void print_native(const struct lint_finding *finding, const struct judgement *judgement)
{
    const int error = finding->call->seen.error;
    if (judgement->turn == TURN_QUEUE)
        printf("queue of %d", judged_native_queue(finding->call));
    else
        fputs(error ? errno_name(error) : "ok", stdout);
}

static void print_queue(const struct judgement *judgement)
{
    if (judgement->number == INT_MAX)
        fputs("queue without a limit", stdout);
    else
        printf("queue of %d", judgement->number);
    if (judgement->overflow == WORD_REFUSE)
        fputs(", refused beyond it", stdout);
    else if (judgement->overflow == WORD_RESET)
        fputs(", reset beyond it", stdout);
}

static void print_turn(const struct lint_finding *finding, const struct judgement *judgement)
{
    switch (judgement->turn) {
    case TURN_FAILS:
        fputs(errno_name(judgement->error), stdout);
        break;
    case TURN_SUCCEEDS:
        fputs("ok", stdout);
        break;
    case TURN_QUEUE:
        print_queue(judgement);
        break;
    default:
        fputs(advice_otherwise(finding->key), stdout);
    }
}

static void print_finding(const struct lint_finding *finding)
{
    const struct lint_turn *turn = &finding->turn[0];
    char place[PATH_MAX + 300], *heading = lint_heading(finding->call);
    place_describe(&finding->place, place, sizeof place);
    print_visible(place, 0);
    fputs(": ", stdout);
    print_visible(heading, 0);
    printf(", %llu time%s\n    Linux: ", (unsigned long long)finding->call->seen.seen,
           finding->call->seen.seen == 1 ? "" : "s");
    print_native(finding, &turn->judgement);
    printf("; %s: ", turn->platform->label);
    print_turn(finding, &turn->judgement);
    printf("%s  [%s]\n    portable: %s\n", turn->firm ? "" : " (unverified)", key_rows[finding->key].full,
           key_advice(finding->key));
    free(heading);
}

static int compare(const struct comparing *it, const struct platforms *platforms)
{
    struct lint_calls calls;
    int status = lint_calls_read_native(&calls, it->server);
    if (status)
        return status;
    struct lint_findings findings = lint_findings_of(&calls, platforms, &it->wish);
    for (size_t i = 0; i < findings.count; i++)
        print_finding(&findings.finding[i]);
    if (findings.count == 0)
        printf("each of the %zu calls that differ from each other would have gone the same\n", calls.count);
    status = findings.count ? STATUS_DIFFERS : 0;
    lint_findings_drop(&findings);
    lint_calls_drop(&calls);
    symbols_forget();
    return status;
}

static int verb_compare_run(int count, char **arguments)
{
    struct comparing it = {0};
    struct platforms platforms = {0};
    int status = read_options(&it, count, arguments);
    if (status != -1)
        return status;
    status = setup_root(&it.wish.root);
    if (!status)
        status = platforms_load(&platforms, it.wish.names, NULL);
    return status ? status : compare(&it, &platforms);
}
