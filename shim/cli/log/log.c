#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../ring/cursor.h"
#include "../../ring/keep.h"
#include "../cli.h"
#include "../options.h"
#include "../terminal.h"
#include "callers.h"
#include "printer.h"
#include "rings.h"
#include "ringsearch.h"

/* How often a follower looks. */
#define LOOK_NS 50000000

struct log {
    struct printer printer;
    bool follow;
    uint32_t pid; /* only this process's records, if not 0 */
    struct ring ring;
    struct cursor cursor;
};

static void print_told(struct log *log, enum cursor_answer answer, const struct told *told)
{
    const struct printer *printer = &log->printer;
    if (answer == CURSOR_GAP)
        printer->gap(printer, told->gap, &told->missing);
    else if (log->pid && told->record.pid != log->pid)
        return;
    else if (answer == CURSOR_REPEATED)
        printer->repeated(printer, &log->ring, told);
    else
        printer->record(printer, &log->ring, told);
}

/* Prints all that was there at the last look. */
static void print_found(struct log *log)
{
    enum cursor_answer answer;
    struct told told;
    while ((answer = cursor_next(&log->cursor, &told)) != CURSOR_END)
        print_told(log, answer, &told);
}

/* Prints what became of each listener. */
static void print_listeners(const struct log *log)
{
    const struct ring_listener *listener;
    struct record listens;
    uint64_t number;
    for (uint32_t i = 1; (listener = ring_listener(&log->ring, i)); i++)
        if (ring_kept(&listener->made_by[MADE_BY_LISTEN], &number, &listens) &&
            (!log->pid || listener->owner >> 32 == log->pid))
            log->printer.listener(&log->printer, listener, &listens);
}

static void follow(struct log *log)
{
    const struct timespec look = {.tv_nsec = LOOK_NS};
    for (print_found(log); fflush(stdout) == 0; print_found(log)) {
        nanosleep(&look, NULL);
        cursor_look(&log->cursor);
    }
}

/* The file was truncated while it was mapped: its pages are gone. */
static void cut_short(int signal)
{
    static const char text[] = "listenas: the file was cut short while it was read\n";
    (void)signal;
    if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
        _exit(STATUS_OWN);
    _exit(STATUS_OWN);
}

static int print_file(struct log *log, const char *path)
{
    const char *fault = ring_open_to_read(&log->ring, path);
    if (fault) {
        say("%s: %s; `listenas log --list` lists what there is", path, fault);
        return STATUS_OWN;
    }
    signal(SIGBUS, cut_short);
    int error = cursor_open(&log->cursor, &log->ring, log->follow ? CURSOR_FOLLOW : CURSOR_ONCE);
    if (error) {
        say("%s: %s", path, strerror(error));
        ring_close(&log->ring);
        return STATUS_OWN;
    }
    log->printer.header(&log->printer, log->ring.header);
    if (log->follow)
        follow(log);
    print_found(log);
    print_listeners(log);
    callers_forget();
    cursor_close(&log->cursor);
    ring_close(&log->ring);
    return 0;
}

static bool want_color(const char *when)
{
    return strcmp(when, "auto") == 0 ? terminal_has_colors() : strcmp(when, "always") == 0;
}

static bool read_pid(const char *text, uint32_t *pid)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);
    *pid = (uint32_t)number;
    return text[0] >= '1' && text[0] <= '9' && *end == '\0' && number <= INT_MAX;
}

enum { OPTION_REMOVE_DEAD = OPTION_LONG };

/* Reads the options; returns -1 to go on, or an exit status. */
static int read_options(struct log *log, int count, char **arguments)
{
    const char *color = "auto";
    bool json = false, verbose = false, list = false;
    int option;
    while ((option = next_option(count, arguments, &verb_log)) != -1) {
        if (option == 'f') {
            log->follow = true;
        } else if (option == 'j') {
            json = true;
        } else if (option == 'v') {
            verbose = true;
        } else if (option == 'c') {
            color = optarg;
        } else if (option == 'p' && !read_pid(optarg, &log->pid)) {
            say("-p: \"%s\" is not the number of a process", optarg);
            return STATUS_OWN;
        } else if (option == 'l') {
            list = true;
        } else if (option == OPTION_REMOVE_DEAD) {
            rings_remove_dead();
            return 0;
        } else if (option == OPTION_HELP) {
            return 0;
        } else if (option == '?') {
            return STATUS_OWN;
        }
    }
    if (strcmp(color, "auto") != 0 && strcmp(color, "always") != 0 && strcmp(color, "never") != 0) {
        say("--color=%s: expected auto, always or never", color);
        return STATUS_OWN;
    }
    log->printer = json ? json_printer : text_printer;
    log->printer.color = want_color(color);
    log->printer.caller = verbose;
    if (!list)
        return -1;
    if (rings_list(&log->printer) == 0 && !json)
        puts("no rings: no program of yours has been recorded");
    return 0;
}

static int run(int count, char **arguments)
{
    struct log log = {0};
    char path[PATH_MAX];
    int status = read_options(&log, count, arguments);
    if (status >= 0)
        return status;
    if (count - optind > 1) {
        say("expected one file, not %d", count - optind);
        return STATUS_OWN;
    }
    if (optind < count)
        return print_file(&log, arguments[optind]);
    if (rings_newest(log.pid, path, sizeof path))
        return print_file(&log, path);
    if (log.pid)
        say("there is no record of process %u", log.pid);
    else
        say("there is no record: no program of yours has been run with listenas, or it made no call yet");
    return STATUS_OWN;
}

static const struct verb_option options[] = {
    {"follow", 'f', NULL, "print calls as they come in"},
    {"pid", 'p', "PID", "print the calls of one process only"},
    {"json", 'j', NULL, "print one JSON object a line"},
    {"verbose", 'v', NULL, "say where in the program each call comes from"},
    {"color", 'c', "WHEN", "auto, always or never"},
    {"list", 'l', NULL, "list all records"},
    {"remove-dead", OPTION_REMOVE_DEAD, NULL, "remove the records of servers that have ended"},
    {0},
};

const struct verb verb_log = {
    .name = "log",
    .summary = "print what a program's calls asked, what they were given, and why",
    .usage = "[option]... [file]",
    .about = "Prints the record of the most recently active server, or the one in the file.",
    .options = options,
    .run = run,
};
