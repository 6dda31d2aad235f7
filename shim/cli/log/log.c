#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../cli.h"
#include "../terminal.h"
#include "choose.h"
#include "follow.h"
#include "known_profile.h"
#include "options.h"
#include "rings.h"

/* The file was truncated while it was mapped: its pages are gone. */
static void cut_short(int signal)
{
    static const char text[] = "listenas: the file was cut short while it was read\n";
    (void)signal;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(STATUS_OWN);
    _exit(STATUS_OWN);
}

static void set_printer(struct log *log)
{
    struct printer *printer = &log->view.printer;
    const struct printer asked = *printer;
    *printer = log->json ? json_printer : log->csv ? csv_printer : text_printer;
    printer->color = strcmp(log->color, "auto") == 0 ? terminal_has_colors() : strcmp(log->color, "always") == 0;
    printer->width = terminal_width();
    printer->caller = asked.caller;
    printer->times = asked.times;
}

static void begin_times(struct log *log)
{
    uint64_t *begin = &log->view.printer.times.begin_ns;
    for (const struct source *source = log->sources.first; source; source = source->next)
        if (*begin == 0 || source->ring.header->born_ns < *begin)
            *begin = source->ring.header->born_ns;
}

/* Tells a person, and no program, that the selection leaves no record. */
static void tell_nothing(const struct view *view)
{
    if (view->seen > 0 && view->selected == 0 && view->printer.header == text_printer.header)
        printf("# none of %llu records is selected\n", (unsigned long long)view->seen);
}

static void print_sources(struct log *log)
{
    struct view *view = &log->view;
    begin_times(log);
    if (view->printer.begin)
        view->printer.begin(&view->printer);
    if (!view->all)
        view_header(view, log->sources.first);
    if (log->follows) {
        follow_to_end(view, &log->sources);
        return;
    }
    follow_once(view, &log->sources);
    view_flush(view);
    tell_nothing(view);
    for (struct source *source = log->sources.first; source; source = source->next)
        view_listeners(view, source);
}

static int open_one(struct log *log)
{
    char path[PATH_MAX];
    int status = choose_server(log->server ? log->server : log->process, path, sizeof path);
    if (status)
        return status;
    const char *fault = sources_open(&log->sources, path);
    if (!fault)
        return 0;
    say("%s: %s; `listenas log --list` lists what there is", path, fault);
    return STATUS_USAGE;
}

/* Each ring takes a descriptor. The limit is low for the sake of select(2), which nothing here calls. */
static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

static int open_sources(struct log *log)
{
    log->sources.mode = log->follows ? CURSOR_FOLLOW : CURSOR_ONCE;
    if (!log->view.all)
        return open_one(log);
    raise_descriptor_limit();
    sources_find(&log->sources);
    if (log->sources.left_out)
        say("%zu records are left out: %s", log->sources.left_out, strerror(log->sources.left_out_error));
    if (log->sources.first || log->follows)
        return 0;
    say("there is no record: no program of yours has been run with listenas, or it made no call yet");
    return STATUS_OWN;
}

static int print_log(struct log *log)
{
    signal(SIGBUS, cut_short);
    int status = open_sources(log);
    bool is_whole = log->sources.left_out == 0;
    if (status == 0)
        print_sources(log);
    if (!is_whole)
        status = STATUS_OWN;
    sources_close(&log->sources);
    return status;
}

static int list(const struct log *log)
{
    if (rings_list(&log->view.printer) == 0 && !log->json)
        puts("no rings: no program of yours has been recorded");
    return 0;
}

static int run(int count, char **arguments)
{
    static struct log log;
    log = (struct log){.color = "auto"};
    int status = log_read_options(&log, count, arguments);
    if (status < 0) {
        set_printer(&log);
        status = log.removes ? rings_remove_dead(&log.removal) : log.lists ? list(&log) : print_log(&log);
    }
    select_free(&log.view.selection);
    known_profiles_forget();
    symbols_forget();
    return status;
}

/* --- the verb --- */

static const struct verb_option options[] = {
    {"follow", 'f', NULL, "print calls as they come in, until the server has ended"},
    {"all", 'a', NULL, "print the records of all servers, in order of time; each names its server"},
    {"last", 'n', "COUNT", "print the last COUNT of the selected records only"},
    {"calls", 'e', "CALL,...", "print these calls only, or all but these: '!CALL,...'"},
    {"failed", OPTION_FAILED, NULL, "print calls that failed only"},
    {"changed", OPTION_CHANGED, NULL, "print calls only for which a key of the profile made a difference"},
    {"since", OPTION_SINCE, "TIME",
     "print what is not earlier: -5s, -10m, 12:36, \"2026-11-21 12:36:52\", or with a Z"},
    {"until", OPTION_UNTIL, "TIME", "print what is not later"},
    {"pid", OLD_LETTER('p'), "PID", "print the calls of one process only"},
    {"explain", OPTION_EXPLAIN, NULL,
     "say of each changed call what Linux would have given, and which rule changed it"},
    {"verbose", 'v', NULL, "say where in the program each call comes from"},
    {"time", OPTION_TIME, "STYLE", "local, utc, relative (to the server's start) or delta (to the record before)"},
    {"color", 'c', "WHEN", "auto, always or never"},
    {"json", OLD_LETTER('j'), NULL, "print one JSON object a line"},
    {"csv", OPTION_CSV, NULL, "print a table with a row for each record; times are UTC"},
    {"list", 'l', NULL, "list all records: program, age, size, listeners, and whether the server still runs"},
    {"remove-dead", OPTION_REMOVE_DEAD, NULL,
     "remove the records of servers that have ended: all, or those that follow, each by its path, its file's name, its "
     "program's name or its process"},
    {"older", OPTION_OLDER, "SPAN", "with --remove-dead: only what was not written to for so long, such as 12h or 7d"},
    {0},
};

static const struct verb_text more[] = {
    {"selection", "A WORD selects records, and all words must hold: call=accept, err!=EAGAIN,EINTR, port=8000..8099, "
                  "'fd>9'. `listenas help select` explains the fields:"
#define FIELD(name, kind, help) " " #name
#include "../select/fields.def"
                  "."},
    {"output",
     "On a terminal a line that is too long goes on in the next, at COLUMNS or the terminal's width; elsewhere "
     "each record is one line. A server of another pid namespace is not seen to run, so -f ends."},
    {0},
};

static const struct verb_text examples[] = {
    {"listenas log legacyd call=accept err=EAGAIN port=80", "when did the server find no client?"},
    {"listenas log --changed --explain", "what does the platform change, and by which rule?"},
    {"listenas log -f --all --failed", "watch the failures of all servers"},
    {"listenas log -n 20 --since=-5m 'fd>=1000'", "the last 20 calls on high descriptors in five minutes"},
    {0},
};

const struct verb verb_log = {
    .name = "log",
    .summary = "print what a program's calls asked, what they were given, and why",
    .usage = "[option]... [NAME | PID | FILE] [WORD]...\n--all [option]... [WORD]...\n--remove-dead [--older=SPAN] "
             "[NAME | PID | FILE]...",
    .about =
        "Prints the record of the most recently active server, of the last one with this program's NAME, of the one "
        "that a process belongs to, or the one in the file.",
    .options = options,
    .more = more,
    .examples = examples,
    .see = "listenas-select(7), listenas-run(1)",
    .run = run,
};
