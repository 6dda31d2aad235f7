#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../cli.h"
#include "../options.h"
#include "../terminal.h"
#include "choose.h"
#include "follow.h"
#include "known_profile.h"
#include "rings.h"
#include "source.h"
#include "view.h"

/* The most that -n can ask for: each is kept in memory. */
#define LAST_MOST 10000000

struct log {
    struct view view;
    struct sources sources;
    bool follows, lists, removes, json, csv;
    const char *color;
    const char *server; /* a name, a process or a file; NULL for none */
};

/* The file was truncated while it was mapped: its pages are gone. */
static void cut_short(int signal)
{
    static const char text[] = "listenas: the file was cut short while it was read\n";
    (void)signal;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(STATUS_OWN);
    _exit(STATUS_OWN);
}

/* --- options --- */

enum {
    OPTION_REMOVE_DEAD = OPTION_LONG,
    OPTION_ALL,
    OPTION_FAILED,
    OPTION_CHANGED,
    OPTION_SINCE,
    OPTION_UNTIL,
    OPTION_EXPLAIN,
    OPTION_CSV,
    OPTION_TIME
};

/* A wrong word is reported. */
static bool is_added(const struct log *log, bool added)
{
    if (!added)
        say("%s", log->view.selection.fault);
    return added;
}

static bool read_pid(struct log *log, const char *text)
{
    char word[32];
    uint32_t pid;
    if (!choose_pid(text, &pid)) {
        say("\"%s\" is not the number of a process", text);
        return false;
    }
    snprintf(word, sizeof word, "pid=%u", pid);
    if (!log->server)
        log->server = text;
    return is_added(log, select_add(&log->view.selection, word));
}

static bool read_time(const char *option, const char *text, uint64_t *ns)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (select_time(text, (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec, ns))
        return true;
    say("--%s=%s: expected such as -5s, -10m, 12:36:52.5, \"2026-11-21 12:36\", 2026-11-21T12:36:52Z or @SECONDS",
        option, text);
    return false;
}

static bool read_last(struct log *log, const char *text)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    log->view.tail.most = number;
    if (text[0] >= '1' && text[0] <= '9' && *end == '\0' && number <= LAST_MOST)
        return true;
    say("--last=%s: expected a number from 1 to %d", text, LAST_MOST);
    return false;
}

static bool read_style(struct log *log, const char *text)
{
    int style = times_style_of(text);
    log->view.printer.times.style = (enum times_style)style;
    if (style >= 0)
        return true;
    say("--time=%s: expected relative, delta, local or utc", text);
    return false;
}

static bool read_color(struct log *log, const char *text)
{
    log->color = text;
    if (strcmp(text, "auto") == 0 || strcmp(text, "always") == 0 || strcmp(text, "never") == 0)
        return true;
    say("--color=%s: expected auto, always or never", text);
    return false;
}

/* An option without a value. */
static void set_flag(struct log *log, int option)
{
    log->follows |= option == 'f';
    log->lists |= option == 'l';
    log->json |= option == 'j';
    log->csv |= option == OPTION_CSV;
    log->removes |= option == OPTION_REMOVE_DEAD;
    log->view.all |= option == OPTION_ALL;
    log->view.explain |= option == OPTION_EXPLAIN;
    log->view.printer.caller |= option == 'v';
    log->view.selection.failed |= option == OPTION_FAILED;
    log->view.selection.changed |= option == OPTION_CHANGED;
}

/* Returns false after a report. */
static bool read_option(struct log *log, int option, const char *value)
{
    switch (option) {
    case 'p':
        return read_pid(log, value);
    case 'e':
        return is_added(log, select_add_calls(&log->view.selection, value));
    case 'n':
        return read_last(log, value);
    case 'c':
        return read_color(log, value);
    case OPTION_SINCE:
        return read_time("since", value, &log->view.selection.since_ns);
    case OPTION_UNTIL:
        return read_time("until", value, &log->view.selection.until_ns);
    case OPTION_TIME:
        return read_style(log, value);
    default:
        set_flag(log, option);
        return option != '?';
    }
}

/* What does not go together. */
static bool is_sound(const struct log *log)
{
    const struct selection *selection = &log->view.selection;
    if (log->json && log->csv)
        say("--json and --csv: expected one of them");
    else if (log->csv && log->view.explain)
        say("--csv and --explain: a row has no place for it; --json has");
    else if (log->view.all && log->server)
        say("--all and %s: expected one of them; to select a process or a program: pid=PID, program=NAME", log->server);
    else if (selection->since_ns && selection->until_ns && selection->since_ns > selection->until_ns)
        say("--since is later than --until");
    else
        return true;
    return false;
}

/* Words after the options: at most one names a server. */
static bool read_words(struct log *log, int count, char **words)
{
    const char *named = NULL;
    for (int i = 0; i < count; i++) {
        if (select_is_word(words[i])) {
            if (!is_added(log, select_add(&log->view.selection, words[i])))
                return false;
        } else if (named) {
            say("expected one server, not both %s and %s", named, words[i]);
            return false;
        } else {
            named = words[i];
        }
    }
    if (named)
        log->server = named;
    return is_sound(log);
}

/* Returns -1 to go on, or an exit status. */
static int read_options(struct log *log, int count, char **arguments)
{
    int option;
    while ((option = next_option(count, arguments, &verb_log)) != -1) {
        if (option == OPTION_HELP)
            return 0;
        if (!read_option(log, option, optarg))
            return STATUS_OWN;
    }
    return read_words(log, count - optind, arguments + optind) ? -1 : STATUS_OWN;
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

/* --- printing --- */

static void begin_times(struct log *log)
{
    uint64_t *begin = &log->view.printer.times.begin_ns;
    for (const struct source *source = log->sources.first; source; source = source->next)
        if (*begin == 0 || source->ring.header->born_ns < *begin)
            *begin = source->ring.header->born_ns;
}

/* A person gets a word where a selection leaves nothing. */
static void tell_nothing(const struct view *view)
{
    if (view->seen > 0 && view->selected == 0 && view->printer.header == text_printer.header)
        printf("# none of %llu records is selected\n", (unsigned long long)view->seen);
}

static void print_sources(struct log *log)
{
    struct view *view = &log->view;
    signal(SIGBUS, cut_short);
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
    if (!choose_server(log->server, path, sizeof path))
        return STATUS_OWN;
    const char *fault = sources_open(&log->sources, path);
    if (!fault)
        return 0;
    say("%s: %s", path, fault);
    return STATUS_OWN;
}

static int open_sources(struct log *log)
{
    log->sources.mode = log->follows ? CURSOR_FOLLOW : CURSOR_ONCE;
    if (!log->view.all)
        return open_one(log);
    sources_find(&log->sources);
    if (log->sources.first || log->follows)
        return 0;
    say("there is no record: no program of yours has been run with listenas, or it made no call yet");
    return STATUS_OWN;
}

static int print_log(struct log *log)
{
    int status = open_sources(log);
    if (status == 0)
        print_sources(log);
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
    int status = read_options(&log, count, arguments);
    if (status < 0) {
        set_printer(&log);
        if (log.removes)
            rings_remove_dead();
        status = log.removes ? 0 : log.lists ? list(&log) : print_log(&log);
    }
    select_free(&log.view.selection);
    known_profiles_forget();
    symbols_forget();
    return status;
}

/* --- the verb --- */

static const struct verb_option options[] = {
    {"follow", 'f', NULL, "print calls as they come in, until the server has ended"},
    {"all", OPTION_ALL, NULL, "print the records of all servers, in order of time; each names its server"},
    {"last", 'n', "COUNT", "print the last COUNT of the selected records only"},
    {"calls", 'e', "CALL,...", "print these calls only, or all but these: '!CALL,...'"},
    {"failed", OPTION_FAILED, NULL, "print calls that failed only"},
    {"changed", OPTION_CHANGED, NULL, "print calls only for which a key of the profile made a difference"},
    {"since", OPTION_SINCE, "TIME",
     "print what is not earlier: -5s, -10m, 12:36, \"2026-11-21 12:36:52\", or with a Z"},
    {"until", OPTION_UNTIL, "TIME", "print what is not later"},
    {"pid", 'p', "PID", "print the calls of one process only"},
    {"explain", OPTION_EXPLAIN, NULL,
     "say of each changed call what Linux would have given, and which rule changed it"},
    {"verbose", 'v', NULL, "say where in the program each call comes from"},
    {"time", OPTION_TIME, "STYLE", "local, utc, relative (to the server's start) or delta (to the record before)"},
    {"color", 'c', "WHEN", "auto, always or never"},
    {"json", 'j', NULL, "print one JSON object a line"},
    {"csv", OPTION_CSV, NULL, "print a table with a row for each record; times are UTC"},
    {"list", 'l', NULL, "list all records"},
    {"remove-dead", OPTION_REMOVE_DEAD, NULL, "remove the records of servers that have ended"},
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
    .usage = "[option]... [NAME | PID | FILE] [WORD]...\n--all [option]... [WORD]...",
    .about =
        "Prints the record of the most recently active server, of the last one with this program's NAME, of the one "
        "that a process belongs to, or the one in the file.",
    .options = options,
    .more = more,
    .examples = examples,
    .see = "listenas-select(7), listenas-run(1)",
    .run = run,
};
