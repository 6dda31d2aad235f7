/* `listenas stat`: the numbers of each listener, once or again and again. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../cli.h"
#include "../clock.h"
#include "../live/live.h"
#include "../number.h"
#include "../options.h"
#include "print.h"

#define SECONDS_MOST 86400.0
/* Lines of the table after which its head is printed again. */
#define HEAD_EVERY 20

struct stat_options {
    struct live_choice choice;
    bool json;
    double seconds; /* between two looks; 0: one look */
    uint64_t count;
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
    (void)signal;
    ended = 1;
}

/* --- one look --- */

/* Records that cannot be read, if there are more of them than were told last. */
static void say_faults(const struct live *live, size_t *told)
{
    size_t faults = 0;
    for (size_t i = 0; i < live->rings.count; i++)
        faults += live->rings.of[i]->fault != NULL;
    for (size_t i = 0; faults > *told && i < live->rings.count; i++)
        if (live->rings.of[i]->fault)
            say("%s: %s", live->rings.of[i]->path, live->rings.of[i]->fault);
    *told = faults;
}

static int say_error(const struct live *live, int error)
{
    bool is_file = live->rings.choice.what && strchr(live->rings.choice.what, '/');
    const char *what = is_file ? live->rings.choice.what : "/proc";
    if (error == ENOMEM)
        say("out of memory");
    else
        say("%s: %s", what, error == ENOTSUP ? "is not a regular file" : strerror(error));
    return is_file && error != ENOMEM ? STATUS_USAGE : STATUS_OWN;
}

/* Nobody listens; `stat` says why there is nothing to print. */
static int say_none(const struct live *live)
{
    bool readable = false;
    for (size_t i = 0; i < live->rings.count; i++)
        readable |= !live->rings.of[i]->fault;
    if (live->rings.count && !readable) /* say_faults has */
        return live->rings.choice.what ? STATUS_USAGE : STATUS_OWN;
    if (readable)
        say("nobody listens: %s", live->rings.choice.ended ? "no recorded program has called listen with success"
                                                           : "--all shows what has ended");
    else if (live->rings.choice.what)
        say("\"%s\": no program of this name or number runs with a record; %s", live->rings.choice.what,
            live->rings.choice.ended ? "listenas log --list lists all records" : "--all looks at ended ones, too");
    else
        say("no program runs with a record%s", live->rings.choice.ended ? "" : "; --all looks at ended ones, too");
    return live->rings.choice.what && !readable ? STATUS_USAGE : STATUS_OWN;
}

static int print_once(struct live *live, const struct stat_options *options)
{
    size_t faults = 0;
    int error = live_refresh_all(live);
    if (error)
        return say_error(live, error);
    say_faults(live, &faults);
    return print_each(live, options->json ? print_json : print_paragraph) ? 0 : say_none(live);
}

/* --- again and again --- */

/* From one due time to the next, so that the printing takes no time off the interval. False at the end. */
static bool await(uint64_t *due_ns, double seconds)
{
    *due_ns += (uint64_t)(seconds * (double)CLOCK_SECOND);
    const struct timespec due = {.tv_sec = (time_t)(*due_ns / CLOCK_SECOND), .tv_nsec = (long)(*due_ns % CLOCK_SECOND)};
    while (!ended && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR)
        continue;
    return !ended;
}

static int print_again(struct live *live, const struct stat_options *options)
{
    const struct sigaction ending = {.sa_handler = end};
    size_t lines = HEAD_EVERY, faults = 0;
    int error = live_refresh_all(live); /* the first rates need a look before */
    uint64_t due_ns = clock_ns(CLOCK_MONOTONIC);
    sigaction(SIGINT, &ending, NULL);
    sigaction(SIGTERM, &ending, NULL);
    if (!error)
        say_faults(live, &faults);
    for (uint64_t look = 0; !error && (!options->count || look < options->count); look++) {
        if (!await(&due_ns, options->seconds))
            return 0;
        error = live_refresh(live);
        say_faults(live, &faults);
        if (!options->json && lines >= HEAD_EVERY) {
            print_head();
            lines = 0;
        }
        lines += print_each(live, options->json ? print_json : print_line);
        if (fflush(stdout) != 0)
            return STATUS_USAGE;
    }
    return error ? say_error(live, error) : 0;
}

/* --- options --- */

static int read_seconds(const char *text, double *seconds)
{
    char *rest;
    *seconds = strtod(text, &rest);
    if (rest != text && !*rest && *seconds >= 0.01 && *seconds <= SECONDS_MOST)
        return -1;
    say("-w \"%s\": expected seconds, such as 1 or 0.5", text);
    return STATUS_USAGE;
}

static int read_count(const char *text, uint64_t *count)
{
    if (number_read(text, 1, UINT64_MAX, count))
        return -1;
    say("-n \"%s\": expected a number from 1 on", text);
    return STATUS_USAGE;
}

static int read_options(struct stat_options *options, int count, char **arguments)
{
    int option, status = -1;
    while (status == -1 && (option = next_option(count, arguments, &verb_stat)) != -1) {
        if (option == 'a')
            options->choice.ended = true;
        else if (option == 'j')
            options->json = true;
        else if (option == 'w')
            status = read_seconds(optarg, &options->seconds);
        else if (option == 'n')
            status = read_count(optarg, &options->count);
        else
            return option == OPTION_HELP ? 0 : STATUS_USAGE;
    }
    if (status == -1 && count - optind > 1) {
        say("expected one program, process or file, not %d", count - optind);
        return STATUS_USAGE;
    }
    if (status == -1 && options->count && options->seconds <= 0)
        options->seconds = 1;
    options->choice.what = optind < count ? arguments[optind] : NULL;
    return status;
}

static int run(int count, char **arguments)
{
    struct stat_options options = {0};
    struct live live;
    int status = read_options(&options, count, arguments);
    if (status != -1)
        return status;
    live_open(&live, &options.choice);
    status = options.seconds > 0 ? print_again(&live, &options) : print_once(&live, &options);
    live_close(&live);
    return status;
}

static const struct verb_option options[] = {
    {"all", 'a', NULL, "listeners that do not listen any more, and those of programs that have ended, too"},
    {"watch", 'w', "SECONDS", "print a line for each listener every so many seconds, 0.01 at least, until SIGINT"},
    {"count", 'n', "NUMBER", "with --watch, print so many times; without it, every second"},
    {"json", OLD_LETTER('j'), NULL, "print one JSON object a line"},
    {0},
};

static const struct verb_text more[] = {
    {"what is printed",
     "The queue is asked from the kernel, without the server's help, where the server is in this network namespace: "
     "how "
     "many connections wait, how many can, and how many clients met a full queue. Elsewhere it is what the server's "
     "library found when it looked last, if record.queue_samples makes it look (~3/5 in the table).\n\n"
     "OVER/S counts clients that met a full queue each second: refused or reset if a refuser answers for the listener, "
     "else packets that the kernel has dropped, where a client counts once for each try.\n\n"
     "Calls are those of accept and accept4; a call that fails with EAGAIN is one, too.\n\n"
     "With --watch a line fits the terminal, or COLUMNS: PROFILE, PROGRAM, TIME, MAX, FAIL/S and CALLS/S go, in this "
     "order, and an address that is too long loses its beginning."},
    {"exit status",
     "0 if a listener was printed, or with --watch; 2 for a wrong command line, or if what it names is not "
     "there or cannot be read; 125 if nobody listens, or if this command itself failed."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas stat", "every listener of every server that runs with a record"},
    {"listenas stat -w 1 nginx", "a line each second for each listener of nginx"},
    {"listenas stat --json 4711 | jq .queued", "how many wait at each listener of process 4711"},
    {0},
};

const struct verb verb_stat = {
    .name = "stat",
    .summary = "count the calls, errors and queue of each listener, once or each second",
    .usage = "[option]... [NAME | PID | FILE]",
    .about = "Prints what each listener is and has come to: address, program, platform, the queue now, at most and its "
             "capacity, clients that met a full queue, calls by result, and rates.\n\n"
             "NAME is a program or another word of its command line, PID a process, FILE a record (a path has a "
             "slash); without one, all servers that run.",
    .options = options,
    .more = more,
    .examples = examples,
    .see = "ss(8)",
    .run = run,
};
