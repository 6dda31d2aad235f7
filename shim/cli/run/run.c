#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../profile/alias.h"
#include "../../profile/loader/load.h"
#include "../../profile/loader/visible.h"
#include "../../rules/host.h"
#include "../cli.h"
#include "../lookup.h"
#include "../options.h"
#include "../profiles/profiles.h"
#include "imports.h"
#include "isolate.h"
#include "library.h"
#include "newring.h"
#include "own_refuser.h"
#include "preflight.h"
#include "provoking.h"
#include "prune.h"
#include "queues.h"
#include "sandbox.h"
#include "strict.h"
#include "summary.h"
#include "unanswered.h"

enum { OPTION_STRICT = PROVOKING_FORCE + 1, OPTION_SECTION, OPTION_KEEP };

struct run {
    const char *profile, *ring, *ring_source;
    char *overrides; /* the value of LISTENAS_SET to be; NULL for none */
    struct provoking provoking;
    struct prune_limit keep;
    struct strict strict;
    bool dry, isolate;
    char **words; /* the program and its arguments */
    char profile_path[PATH_MAX];
    char entry[PATH_MAX]; /* the library's entry in LD_PRELOAD */
    char *preload;        /* the value of LD_PRELOAD to be */
    char *asan_options;   /* the value of ASAN_OPTIONS to be; NULL where it stays as it is */
    struct annotated_profile annotated;
    struct program program;
    struct newring newring;
    struct summary summary;
};

/* Appends one "key=value": later ones override earlier ones. */
static int add_override(struct run *run, const char *override)
{
    const char *before = run->overrides ? run->overrides : "";
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
    free(run->overrides);
    run->overrides = both;
    return -1;
}

static int read_keep(struct run *run, const char *source, const char *text)
{
    if (prune_read(text, &run->keep))
        return -1;
    say("%s: \"%s\": expected how many dead records stay, such as 32, with how much memory, such as 32,64M, or all",
        source, text);
    return STATUS_OWN;
}

/* Reads the options; returns -1 to go on, or an exit status. */
static int read_options(struct run *run, int count, char **arguments)
{
    int option, status = -1;
    while (status == -1 && (option = next_option(count, arguments, &verb_run)) != -1) {
        if (option == 'p') {
            run->profile = optarg;
        } else if (option == 'o') {
            status = add_override(run, optarg);
        } else if (option == SUMMARY_PRINT || option == SUMMARY_FILE) {
            summary_option(&run->summary, option, optarg);
        } else if (option == 'r') {
            run->ring = optarg;
            run->ring_source = NEWRING_OPTION;
        } else if (option == 'i') {
            run->isolate = true;
        } else if (option == 'P' || option == PROVOKING_SEED || option == PROVOKING_FORCE) {
            status = provoking_option(&run->provoking, option, optarg);
        } else if (option == OPTION_KEEP) {
            status = read_keep(run, "--keep", optarg);
        } else if (option == OPTION_STRICT) {
            run->strict.on = true;
        } else if (option == OPTION_SECTION) {
            status = strict_add(&run->strict, optarg);
        } else if (option == 'n') {
            run->dry = true;
        } else if (option == OPTION_HELP) {
            return 0;
        } else {
            return STATUS_OWN;
        }
    }
    run->words = arguments + optind;
    if (status == -1 && optind >= count) {
        say("expected a program to run; `listenas help run` tells more");
        return STATUS_OWN;
    }
    return status;
}

/* The environment decides where no option does. */
static void read_environment(struct run *run)
{
    const char *profile = getenv("LISTENAS_PROFILE"), *overrides = getenv("LISTENAS_SET");
    run->profile = profile && *profile ? profile : "native";
    run->ring = getenv("LISTENAS_RING");
    run->ring_source = "LISTENAS_RING";
    run->overrides = overrides && *overrides ? strdup(overrides) : NULL;
    provoking_begin(&run->provoking, getenv("LISTENAS_PROVOKE"));
}

/* The program may start children in another directory, so a relative path becomes absolute. */
static int fix_profile(struct run *run)
{
    char here[PATH_MAX];
    if (run->profile[0] == '/' || !strchr(run->profile, '/'))
        return 0;
    int error = getcwd(here, sizeof here) ? 0 : errno;
    if (!error && snprintf(run->profile_path, PATH_MAX, "%s/%s", here, run->profile) >= PATH_MAX)
        error = ENAMETOOLONG;
    if (error) {
        say("the profile %s: its absolute path is unknown: %s", run->profile, strerror(error));
        return STATUS_OWN;
    }
    run->profile = run->profile_path;
    return 0;
}

/* The name by which the library will look for [program] sections: a script's process has its interpreter's name. */
static const char *process_name(const struct run *run)
{
    return base_name(run->program.is_script ? run->program.binary : run->words[0]);
}

static int load_profile(struct run *run)
{
    struct diagnostics diagnostics = {.tell = say_diagnostic};
    int status = fix_profile(run);
    if (status)
        return status;
    say_relative_directories();
    if (!annotated_profile_load(&run->annotated, run->profile, process_name(run), run->overrides, &diagnostics))
        return STATUS_OWN;
    if (alias_find(run->profile))
        run->profile = run->annotated.name;
    return provoking_check(&run->provoking, &run->annotated);
}

/*
 * The shared runtime of AddressSanitizer wants to be the first library, before any that is preloaded; ours defines
 * nothing that it must be first for. To preload it would put it into the program's children as well.
 */
static bool allow_sanitizer(struct run *run)
{
    static const char order[] = "verify_asan_link_order";
    const char *before = getenv("ASAN_OPTIONS");
    if (!run->program.address_sanitizer || (before && strstr(before, order)))
        return true;
    return asprintf(&run->asan_options, "%s%s%s=0", before ? before : "", before && *before ? ":" : "", order) > 0;
}

/* All checks; each may need the result of the one before. */
static int check(struct run *run)
{
    int status = preflight(&run->program, run->words[0], run->entry);
    if (!status)
        status = load_profile(run);
    if (!status)
        status = newring_place(&run->newring, run->ring_source, run->ring, run->words[0]);
    if (status)
        return status;
    run->preload = library_preload(run->entry, getenv("LD_PRELOAD"));
    if (run->preload && allow_sanitizer(run))
        return 0;
    say("out of memory");
    return STATUS_OWN;
}

/* Prints one character of a word in $'...' and returns the next. What a terminal would obey becomes its number. */
static const char *print_escaped(const char *at)
{
    size_t length = visible_character(at, strlen(at));
    if (length == 0) {
        printf("\\%03o", (unsigned char)*at);
        return at + 1;
    }
    if (*at == '\'' || *at == '\\')
        putchar('\\');
    fwrite(at, 1, length, stdout);
    return at + length;
}

static bool is_visible(const char *word)
{
    size_t length;
    for (; *word; word += length)
        if ((length = visible_character(word, strlen(word))) == 0)
            return false;
    return true;
}

/* Quotes a word for the shell: in '...', or in $'...' (POSIX.1-2024) if it has invisible characters. */
static void print_word(const char *word)
{
    if (!is_visible(word)) {
        fputs("$'", stdout);
        while (*word)
            word = print_escaped(word);
        putchar('\'');
        return;
    }
    putchar('\'');
    for (; *word; word++) {
        if (*word == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*word);
    }
    putchar('\'');
}

/* Prints "NAME='value' " of the command, or puts it into the environment. */
static bool pass_on(const struct run *run, const char *name, const char *value)
{
    if (!value)
        return true;
    if (!run->dry)
        return setenv(name, value, 1) == 0;
    printf("%s=", name);
    print_word(value);
    putchar(' ');
    return true;
}

/*
 * A shell can neither make a network namespace, nor start a refuser, nor count calls, so the printed command runs the
 * launcher, which finds the library itself.
 */
static bool needs_launcher(const struct run *run)
{
    return run->dry &&
           (run->isolate || run->summary.is_wanted || own_refuser_is_wanted(&run->annotated.profile, run->isolate));
}

static bool pass_all(const struct run *run)
{
    const struct ring_place *place = &run->newring.place;
    char setting[RING_SETTING_MAX];
    const char *ring = place->off ? "off" : ring_place_setting(place, setting);
    if (run->dry && place->slots != RING_SLOTS_USUAL)
        ring = run->ring; /* as it was said */
    return pass_on(run, "LISTENAS_PROFILE", run->profile) && pass_on(run, "LISTENAS_SET", run->overrides) &&
           pass_on(run, "LISTENAS_PROVOKE", run->provoking.setting) && pass_on(run, "LISTENAS_RING", ring) &&
           pass_on(run, "ASAN_OPTIONS", run->asan_options) &&
           pass_on(run, "LD_PRELOAD", needs_launcher(run) ? NULL : run->preload);
}

static void print_launcher(const struct run *run)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
    own[length > 0 ? length : 0] = '\0';
    print_word(own);
    fputs(run->isolate ? " run --isolate " : " run ", stdout);
    if (run->summary.path) {
        fputs("--summary-file ", stdout);
        print_word(run->summary.path);
        putchar(' ');
    } else if (run->summary.is_wanted) {
        fputs("--summary ", stdout);
    }
    fputs("-- ", stdout);
}

static void print_command(const struct run *run)
{
    if (needs_launcher(run))
        print_launcher(run);
    print_word(run->program.path);
    for (char **word = run->words + 1; *word; word++) {
        putchar(' ');
        print_word(*word);
    }
    putchar('\n');
}

/* Becomes the program; returns only with an exit status. `context`: a struct run. */
static int become(const void *context)
{
    const struct run *run = context;
    execv(run->program.path, run->words);
    int error = errno;
    say("%s cannot be executed: %s", run->words[0], strerror(error));
    return error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT;
}

/*
 * In a network of the program's own, somaxconn is the platform's limit, also when the program changes it. The user's
 * overrides come last and win.
 */
static int let_somaxconn_count(struct run *run)
{
    char *said = run->overrides;
    run->overrides = NULL;
    int status = add_override(run, "listen.backlog_max=kernel");
    if (status == -1 && said && *said)
        status = add_override(run, said);
    free(said);
    return status == -1 ? 0 : status;
}

static int isolate(struct run *run)
{
    int status = isolate_enter(&run->annotated.profile);
    return status || !host_has_somaxconn(&run->annotated.profile) ? status : let_somaxconn_count(run);
}

/* Where this run makes a ring of its own, those of earlier ones go. */
static void prune_beside(const struct run *run)
{
    const struct ring_place *place = &run->newring.place;
    char directory[RING_PATH_MAX];
    if (place->off || place->named)
        return;
    strcpy(directory, place->path);
    *strrchr(directory, '/') = '\0';
    prune(directory[0] ? directory : "/", &run->keep);
}

/* What the profile promises and will not be kept. With --strict that ends it: returns an exit status, or 0 to go on. */
static int tell_truth(const struct run *run)
{
    const struct profile *profile = &run->annotated.profile;
    int missing = 0;
    if (!run->isolate || !host_has_somaxconn(profile))
        missing += !queues_compare(&run->annotated);
    if (!run->dry || run->strict.on)
        missing += own_refuser_check(profile, run->isolate);
    if (run->strict.on) /* else the record of such a connect tells it: few programs make one */
        missing += unanswered_check(profile);
    imports_compare(&run->annotated, run->program.binary, run->program.called);
    return strict_check(&run->strict, &run->annotated, run->isolate, missing);
}

static int start(int count, char **arguments)
{
    static struct run run;
    read_environment(&run);
    int status = read_keep(&run, "LISTENAS_KEEP", getenv("LISTENAS_KEEP"));
    if (status == -1)
        status = read_options(&run, count, arguments);
    if (status != -1)
        return status;
    if (run.strict.some && !run.strict.on) {
        say("--section: expected --strict as well");
        return STATUS_OWN;
    }
    status = check(&run);
    if (!status && run.isolate)
        status = isolate(&run);
    if (status)
        return status;
    status = tell_truth(&run);
    if (!status)
        status = newring_check(&run.newring, run.ring_source, run.isolate);
    if (status)
        return status;
    if (!pass_all(&run)) {
        say("out of memory");
        status = STATUS_OWN;
    } else if (run.dry) {
        print_command(&run);
    } else {
        prune_beside(&run);
        if (sandbox_may_come(run.program.binary))
            newring_make(&run.newring, &run.annotated, run.words, run.isolate);
        own_refuser_start(&run.annotated.profile, run.isolate);
        status = run.summary.is_wanted
                     ? summary_run(&run.summary, run.newring.place.off ? NULL : run.newring.place.path, become, &run)
                     : become(&run);
    }
    return status;
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
