/* listenas run: checks a program, then becomes it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../rules/host.h"
#include "../cli.h"
#include "../options.h"
#include "../path.h"
#include "checks.h"
#include "command.h"
#include "imports.h"
#include "isolate.h"
#include "launch.h"
#include "own_refuser.h"
#include "queues.h"
#include "sandbox.h"
#include "unanswered.h"

enum { OPTION_STRICT = PROVOKING_FORCE + 1, OPTION_SECTION, OPTION_KEEP };

/* Appends one "key=value": later ones override earlier ones. */
static int add_override(struct launch *launch, const char *override)
{
    const char *before = launch->overrides ? launch->overrides : "";
    size_t length = strlen(before);
    char *both;
    if (!strchr(override, '=')) {
        say("-o \"%s\": expected key=value, such as listen.backlog_max=64", override);
        return STATUS_OWN;
    }
    if (asprintf(&both, "%s%s%s", before, length > 0 && before[length - 1] != ',' ? "," : "", override) < 0) {
        say("out of memory");
        return STATUS_OWN;
    }
    free(launch->overrides);
    launch->overrides = both;
    return -1;
}

static int read_keep(struct launch *launch, const char *source, const char *text)
{
    if (prune_read(text, &launch->keep))
        return -1;
    say("%s: \"%s\": expected how many dead records stay, such as 32, with how much memory, such as 32,64M, or all",
        source, text);
    return STATUS_OWN;
}

/* Reads the options; returns -1 to go on, or an exit status. */
static int read_options(struct launch *launch, int count, char **arguments)
{
    int option, status = -1;
    while (status == -1 && (option = next_option(count, arguments, &verb_run)) != -1) {
        if (option == 'p') {
            launch->profile = optarg;
        } else if (option == 'o') {
            status = add_override(launch, optarg);
        } else if (option == SUMMARY_PRINT || option == SUMMARY_FILE) {
            summary_option(&launch->summary, option, optarg);
        } else if (option == 'r') {
            launch->ring = optarg;
            launch->ring_source = NEWRING_OPTION;
        } else if (option == 'i') {
            launch->isolate = true;
        } else if (option == 'P' || option == PROVOKING_SEED || option == PROVOKING_FORCE) {
            status = provoking_option(&launch->provoking, option, optarg);
        } else if (option == OPTION_KEEP) {
            status = read_keep(launch, "--keep", optarg);
        } else if (option == OPTION_STRICT) {
            launch->strict.on = true;
        } else if (option == OPTION_SECTION) {
            status = strict_add(&launch->strict, optarg);
        } else if (option == 'n') {
            launch->dry = true;
        } else if (option == OPTION_HELP) {
            return 0;
        } else {
            return STATUS_OWN;
        }
    }
    launch->words = arguments + optind;
    if (status == -1 && optind >= count) {
        say("expected a program to run; `listenas help run` tells more");
        return STATUS_OWN;
    }
    return status;
}

/* The environment decides where no option does. */
static void read_environment(struct launch *launch)
{
    const char *profile = getenv("LISTENAS_PROFILE"), *overrides = getenv("LISTENAS_SET");
    launch->profile = profile && *profile ? profile : "native";
    launch->ring = getenv("LISTENAS_RING");
    launch->ring_source = "LISTENAS_RING";
    launch->overrides = overrides && *overrides ? strdup(overrides) : NULL;
    provoking_begin(&launch->provoking, getenv("LISTENAS_PROVOKE"));
}

/* Becomes the program; returns only with an exit status. `context`: a struct launch. */
static int become(const void *context)
{
    const struct launch *launch = context;
    execv(launch->program.path, launch->words);
    int error = errno;
    say("%s cannot be executed: %s", launch->words[0], strerror(error));
    return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT;
}

/*
 * In a network of the program's own, somaxconn is the platform's limit, also when the program changes it. The user's
 * overrides come last and win.
 */
static int let_somaxconn_count(struct launch *launch)
{
    char *said = launch->overrides;
    launch->overrides = NULL;
    int status = add_override(launch, "listen.backlog_max=kernel");
    if (status == -1 && said && *said)
        status = add_override(launch, said);
    free(said);
    return status == -1 ? 0 : status;
}

static int isolate(struct launch *launch)
{
    int status = isolate_enter(&launch->annotated.profile);
    return status || !host_has_somaxconn(&launch->annotated.profile) ? status : let_somaxconn_count(launch);
}

/* Where this run makes a ring of its own, those of earlier ones go. */
static void prune_beside(const struct launch *launch)
{
    const struct ring_place *place = &launch->newring.place;
    char directory[RING_PATH_MAX];
    if (place->off || place->named)
        return;
    directory_of(place->path, directory);
    prune(directory, &launch->keep);
}

/* What the profile promises and will not be kept. With --strict that ends it: returns an exit status, or 0 to go on. */
static int tell_truth(const struct launch *launch)
{
    const struct profile *profile = &launch->annotated.profile;
    int missing = 0;
    if (!launch->isolate || !host_has_somaxconn(profile))
        missing += !queues_compare(&launch->annotated);
    if (!launch->dry || launch->strict.on)
        missing += own_refuser_check(profile, launch->isolate);
    if (launch->strict.on) /* else the record of such a connect tells it: few programs make one */
        missing += unanswered_check(profile);
    imports_compare(&launch->annotated, launch->program.binary, launch->program.called);
    return strict_check(&launch->strict, &launch->annotated, launch->isolate, missing);
}

/* Environment and options; returns -1 to go on, or an exit status. */
static int read_wish(struct launch *launch, int count, char **arguments)
{
    read_environment(launch);
    int status = read_keep(launch, "LISTENAS_KEEP", getenv("LISTENAS_KEEP"));
    if (status == -1)
        status = read_options(launch, count, arguments);
    if (status == -1 && launch->strict.some && !launch->strict.on) {
        say("--section: expected --strict as well");
        return STATUS_OWN;
    }
    return status;
}

/* All that can stop the program from being started. Returns 0, or an exit status. */
static int prepare(struct launch *launch)
{
    int status = launch_check(launch);
    if (!status && launch->isolate)
        status = isolate(launch);
    if (!status)
        status = tell_truth(launch);
    return status ? status : newring_check(&launch->newring, launch->ring_source, launch->isolate);
}

/* Starts what the program needs, and the program. */
static int go(struct launch *launch)
{
    const char *ring = launch->newring.place.off ? NULL : launch->newring.place.path;
    prune_beside(launch);
    if (sandbox_may_come(launch->program.binary))
        newring_make(&launch->newring, &launch->annotated, launch->words, launch->isolate);
    own_refuser_start(&launch->annotated.profile, launch->isolate);
    return launch->summary.is_wanted ? summary_run(&launch->summary, ring, become, launch) : become(launch);
}

static int start(int count, char **arguments)
{
    static struct launch launch;
    int status = read_wish(&launch, count, arguments);
    if (status != -1)
        return status;
    status = prepare(&launch);
    if (status)
        return status;
    if (!command_pass_environment(&launch)) {
        say("out of memory");
        return STATUS_OWN;
    }
    if (!launch.dry)
        return go(&launch);
    command_print(&launch);
    return 0;
}

static const struct verb_option options[] = {
    {"profile", 'p', "PROFILE", "the platform, or the path of a file; else LISTENAS_PROFILE, else native"},
    {"platform", 'p', "PROFILE", NULL},
    {"set", 'o', "KEY=VALUE", "set one key; may be repeated; overrides LISTENAS_SET"},
    {"ring", 'r', "RING",
     "the record: off, a size such as 2M (44K to 129M), a directory, a file NAME.ring, or one of these and a size, "
     "as in /tmp/a.ring,8M; made at the program's first call, or before a program that may enter seccomp; else "
     "LISTENAS_RING"},
    {"keep", OPTION_KEEP, "COUNT[,SIZE]",
     "how many records of servers that have ended stay, and how much memory they take: the oldest of yours beyond that "
     "are removed, and those with no record in them; all removes none; else LISTENAS_KEEP, else " PRUNE_USUAL},
    {"isolate", 'i', NULL,
     "in a network of its own, with loopback and the settings of the platform's kernel ([host] of the profile); works "
     "for ordinary users, in a user namespace"},
    {"provoke", 'P', "CALL:ERRNO[@WHEN|%N]",
     "have calls fail as the platform's documents say they can: @3 the 3rd call, @10..12, @5+ each from the 5th, @5+2 "
     "every second of them, %5 one in 5 by chance, else each; may be repeated; adds to LISTENAS_PROVOKE. CALL: socket, "
     "bind, listen, accept (and accept4), connect; listenas profiles explain errors.accept lists what each platform's "
     "can be"},
    {"seed", PROVOKING_SEED, "NUMBER", "chooses the calls of %N; without it a seed is chosen, and printed"},
    {"force", PROVOKING_FORCE, NULL, "provoke errors that the platform does not list, too"},
    {"strict", OPTION_STRICT, NULL,
     "start nothing if the profile promises anything that cannot be kept here: for want of a refuser's rights, of a "
     "larger net.core.somaxconn, or because Linux cannot"},
    {"section", OPTION_SECTION, "SECTION",
     "with --strict: of what Linux cannot keep, only the keys of this section count; may be repeated"},
    {"summary", SUMMARY_PRINT, NULL,
     "count the calls by result and key, and print that on stderr at the end; the program is a child then, and "
     "listenas waits for it, passes signals on, and ends as it does"},
    {"summary-file", SUMMARY_FILE, "FILE", "the same, printed into a file"},
    {"dry-run", OLD_LETTER('n'), NULL, "only check, and print the command that would run"},
    {0},
};

static const struct verb_text more[] = {
    {"exit status", "The program's own; 125 if listenas did not start it, 126 if it cannot be executed, 127 if it "
                    "was not found."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas run -p mks -- /usr/sbin/inetd -i ./inetd.conf",
     "an inetd that listens as MKS on WinSock; `listenas log inetd` tells what changed"},
    {"listenas run -o listen.backlog_floor=512 -- ./legacyd",
     "longer queues for a program that has listen(fd, 5) compiled in"},
    {"listenas run --dry-run --strict -p mks -- ./legacyd",
     "starts nothing, and tells what this host cannot keep of what MKS promises"},
    {0},
};

const struct verb verb_run = {
    .name = "run",
    .summary = "start a program that listens as another platform",
    .usage = "[option]... [--] program [argument]...",
    .about = "Checks a program, then becomes it, with the library that makes it listen as another platform. If the "
             "library could not work in it, says why and starts nothing.",
    .options = options,
    .more = more,
    .examples = examples,
    .runs_command = true,
    .run = start,
};
