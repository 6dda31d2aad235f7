/* listenas lint: one native run, judged as every platform. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../ring/place.h"
#include "../cli.h"
#include "../options.h"
#include "../path.h"
#include "../symbols/symbols.h"
#include "../test/file.h"
#include "../test/memory.h"
#include "../test/platforms.h"
#include "../test/setup.h"
#include "../test/status.h"
#include "calls.h"
#include "document.h"
#include "findings.h"
#include "print.h"
#include "record.h"
#include "silence.h"
#include "unseen.h"

enum { OPTION_MIN = OPTION_LONG, OPTION_AGAINST, OPTION_RING, OPTION_ROOT };

static const struct verb_option options[] = {
    {"platforms", 'p', "PROFILES", "such as mks,bsd,./own.conf; else all"},
    {"profiles", 'p', "PROFILES", NULL},
    {"min", OPTION_MIN, "FIRM", "firm: only what a primary source supports counts; else unverified, which is all"},
    {"against", OPTION_AGAINST, "FILE", "of an earlier --report=json: only what is new counts and is shown"},
    {"baseline", OPTION_AGAINST, "FILE", NULL},
    {"report", OLD_LETTER('r'), "KIND=FILE", "json or sarif into FILE; github: to standard output"},
    {"root", OPTION_ROOT, "DIR", "the program's own source; else the top of the repository"},
    {"ring", OPTION_RING, "SERVER",
     "judges the record of this NAME, PID or FILE, made with `listenas run -o record.facts=yes`, instead of a run"},
    {"isolate", 'i', NULL, "the run has a network of its own"},
    {"all", 'a', NULL, "prints every finding, and the names of all platforms"},
    {0},
};

static const struct verb_text more[] = {
    {"what it finds",
     "The program runs natively: no call is changed. Its record has each distinct call with its arguments and what the "
     "kernel said of the socket, and afterwards the rules of every platform judge them. A finding is one key at one "
     "place of the program; findings are ranked by what happens (a hang or wrong data, a failure, another errno, "
     "another number), on how many platforms, and how firm that is. `listenas profiles explain KEY` tells more of "
     "each.\n\n"
     "A comment with `listenas: ok KEY` on the line of the call, or on the one before it, silences the finding.\n\n"
     "The facts take system calls of the library's own: a program whose sandbox kills it for those cannot be "
     "linted.\n\n"
     "What the run did not show is listed as not seen, with a command that shows it."},
    {"exit status",
     "0 if nothing was found, 1 if something was, 2 for a wrong command line, 125 if this command itself failed, 126 "
     "if the program cannot be executed, 127 if it was not found."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas lint -- ./server 8080", "ends with the server, or with Ctrl-C"},
    {"listenas lint -p bsd,mks --min=firm --report=sarif=lint.sarif -- make check", "in a build"},
    {0},
};

static int verb_lint_run(int count, char **arguments);

const struct verb verb_lint = {
    .name = "lint",
    .summary = "run a program natively, and tell what each platform would have made of its calls",
    .usage = "[option]... [--] command [word]...\n[option]... --ring=SERVER",
    .about = "Runs a program natively, records its calls, and tells which of them would have gone otherwise on other "
             "platforms, with the place in the program and the portable way.",
    .options = options,
    .more = more,
    .examples = examples,
    .runs_command = true,
    .run = verb_lint_run,
};

static int take_minimum(struct lint_wish *wish, const char *value)
{
    wish->firm_only = strcmp(value, "firm") == 0;
    if (wish->firm_only || strcmp(value, "unverified") == 0)
        return -1;
    say("--min=%s: expected firm or unverified", value);
    return STATUS_USAGE;
}

static int take(struct lint_wish *wish, int option)
{
    switch (option) {
    case 'p':
        wish->names = optarg;
        return -1;
    case 'r':
        return reports_add(&wish->reports, lint_reports, optarg);
    case 'i':
        wish->isolate = true;
        return -1;
    case OPTION_MIN:
        return take_minimum(wish, optarg);
    case OPTION_AGAINST:
        wish->baseline = optarg;
        return -1;
    case OPTION_RING:
        wish->ring = optarg;
        return -1;
    case OPTION_ROOT:
        wish->root = optarg;
        return -1;
    case 'a':
        wish->all = true;
        return -1;
    default:
        return option == OPTION_HELP ? 0 : STATUS_USAGE;
    }
}

/* -1 to go on, or an exit status. */
static int read_options(struct lint_wish *wish, int count, char **arguments)
{
    int option, status = -1;
    while (status == -1 && (option = next_option(count, arguments, &verb_lint)) != -1)
        status = take(wish, option);
    if (status != -1)
        return status;
    wish->words = arguments + optind;
    if (wish->ring && optind < count) {
        say("--ring and a command: expected one of them");
        return STATUS_USAGE;
    }
    if (!wish->ring && optind >= count) {
        say("expected a command to run, or --ring; `listenas help lint` tells more");
        return STATUS_USAGE;
    }
    return -1;
}

static int judge_ring(const struct lint_wish *wish, const struct platforms *platforms, const char *path)
{
    struct lint_calls calls;
    int status = 0;
    if (wish->ring || access(path, F_OK) == 0)
        status = wish->ring ? lint_calls_read_native(&calls, path) : lint_calls_read(&calls, path);
    else
        calls = (struct lint_calls){0}; /* the program made none */
    if (status)
        return status;
    struct lint_findings findings = lint_findings_of(&calls, platforms, wish);
    lint_silence(&findings, wish->root);
    status = wish->baseline ? lint_against(&findings, wish->baseline) : 0;
    if (!status) {
        json_t *document = lint_document(&findings, &calls, platforms, wish), *unseen = unseen_of(&calls, platforms);
        json_object_set(document, "unseen", unseen);
        lint_print(&findings, wish);
        unseen_print(unseen);
        if (calls.is_full)
            puts("the record had hardly a place left for calls that differ: some may be missing");
        status = reports_write(&wish->reports, document);
        for (size_t i = 0; i < findings.count && !status; i++)
            status = lint_counts(&findings.finding[i]) ? STATUS_DIFFERS : 0;
        json_decref(unseen);
        json_decref(document);
    }
    lint_findings_drop(&findings);
    lint_calls_drop(&calls);
    symbols_forget();
    return status;
}

static int record_and_judge(const struct lint_wish *wish, const struct platforms *platforms)
{
    char *directory = memory_format("%s/listenas-lint-XXXXXX", ring_directory());
    if (!mkdtemp(directory)) {
        say("%s cannot be made: %s", directory, strerror(errno));
        free(directory);
        return STATUS_OWN;
    }
    char *path = memory_format("%s/%.32s.ring", directory, base_name(wish->words[0]));
    int status = lint_record(wish, path);
    if (status == -1)
        status = judge_ring(wish, platforms, path);
    directory_remove(directory);
    free(path);
    free(directory);
    return status;
}

static int verb_lint_run(int count, char **arguments)
{
    struct lint_wish wish = {0};
    struct platforms platforms = {0};
    int status = read_options(&wish, count, arguments);
    if (status == -1)
        status = setup_root(&wish.root);
    else
        return status;
    if (!status)
        status = platforms_load(&platforms, wish.names, NULL);
    if (!status)
        status = wish.ring ? judge_ring(&wish, &platforms, wish.ring) : record_and_judge(&wish, &platforms);
    return status;
}
