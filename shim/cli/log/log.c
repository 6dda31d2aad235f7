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
#include "callers.h"
#include "kept.h"
#include "printer.h"
#include "rings.h"
#include "ringsearch.h"

/* How often a follower looks, and how long it waits for a record whose writer may have died. */
#define LOOK_NS 50000000
#define PATIENCE_LOOKS 20

/* A record that was printed and may still count repetitions: the last one of each thread. */
#define WATCHED 64

struct watched {
    uint64_t number;
    uint64_t printed, seen; /* repeats that were printed, and that were there at the last look */
};

struct log {
    struct printer printer;
    bool follow;
    uint32_t pid; /* only this process's records, if not 0 */
    struct ring ring;
    uint64_t next; /* the number of the record to print next */
    struct missing missing[GAP_DAMAGED + 1];
    struct watched watched[WATCHED]; /* the last ones printed, by number */
};

/* Reports records that cannot be shown, all of one kind together. */
static void tell_gaps(struct log *log)
{
    for (int gap = 0; gap <= GAP_DAMAGED; gap++) {
        if (log->missing[gap].count)
            log->printer.gap(&log->printer, (enum gap)gap, &log->missing[gap]);
        log->missing[gap] = (struct missing){0};
    }
}

static void print_record(struct log *log, const struct record *record, const struct repeats *repeats)
{
    const struct told told = {.number = log->next, .record = record, .repeats = *repeats};
    if (log->missing[GAP_OVERWRITTEN].count && !log->missing[GAP_OVERWRITTEN].to_ns)
        log->missing[GAP_OVERWRITTEN].to_ns = record->time_ns;
    if (log->pid && record->pid != log->pid)
        return;
    tell_gaps(log);
    log->printer.record(&log->printer, &log->ring, &told);
    log->watched[log->next % WATCHED] = (struct watched){log->next, repeats->count, repeats->count};
}

/* Prints how listeners and processes began. Returns how many calls that were. */
static size_t print_kept(struct log *log)
{
    struct kept_record *records;
    size_t count = kept_records(&log->ring, log->next, &records);
    for (size_t i = 0; i < count; i++) {
        const struct told told = {.number = records[i].number, .record = &records[i].record};
        if (!log->pid || told.record->pid == log->pid)
            log->printer.record(&log->printer, &log->ring, &told);
    }
    free(records);
    return count;
}

/*
 * Skips overwritten records in one step: counting one by one would take for ever in a damaged file. At the beginning
 * the ring knows how many calls they were; later only how many records.
 */
static void skip_overwritten(struct log *log, uint64_t head)
{
    const uint64_t slots = log->ring.mask + UINT64_C(1);
    struct missing *missing = &log->missing[GAP_OVERWRITTEN];
    bool is_beginning = log->next == 0;
    if (head <= slots || log->next >= head - slots)
        return;
    missing->count += head - slots - log->next;
    log->next = head - slots;
    if (!is_beginning)
        return;
    uint64_t lost = ring_lost(&log->ring), kept = print_kept(log);
    missing->count = (lost > missing->count ? lost : missing->count);
    missing->count -= kept < missing->count ? kept : missing->count;
    missing->from_ns = log->ring.header->born_ns;
}

/* Prints up to `head`; stops early at a record that is not complete yet if `patient`. */
static void print_until(struct log *log, uint64_t head, bool patient)
{
    struct record record;
    struct repeats repeats;
    for (skip_overwritten(log, head); log->next < head; log->next++) {
        enum ring_answer answer = ring_read_repeats(&log->ring, log->next, &record, &repeats);
        if (answer == RING_RECORD)
            print_record(log, &record, &repeats);
        else if (answer == RING_LOST)
            log->missing[GAP_OVERWRITTEN].count++;
        else if (patient)
            return;
        else
            log->missing[ring_is_unwritten(&log->ring, log->next) ? GAP_UNFINISHED : GAP_DAMAGED].count++;
    }
}

/* Reports the repetitions of a record: once they end, and now and then before that. */
static void print_repeats(struct log *log, bool now)
{
    struct record record;
    struct told told = {.record = &record};
    for (struct watched *watched = log->watched; watched < log->watched + WATCHED; watched++) {
        told.number = watched->number;
        if (watched->number >= log->next ||
            ring_read_repeats(&log->ring, watched->number, &record, &told.repeats) != RING_RECORD)
            continue;
        if (told.repeats.count > watched->printed && (now || told.repeats.count == watched->seen)) {
            log->printer.repeated(&log->printer, &log->ring, &told);
            watched->printed = told.repeats.count;
        }
        watched->seen = told.repeats.count;
    }
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
    int looks = 0;
    for (unsigned int turn = 1;; turn++) {
        uint64_t before = log->next;
        print_repeats(log, turn % PATIENCE_LOOKS == 0);
        print_until(log, ring_head(&log->ring), looks < PATIENCE_LOOKS);
        looks = log->next == before && log->next < ring_head(&log->ring) ? looks + 1 : 0;
        if (fflush(stdout) != 0)
            return;
        nanosleep(&look, NULL);
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
        say("%s: %s", path, fault);
        return STATUS_OWN;
    }
    signal(SIGBUS, cut_short);
    log->printer.header(&log->printer, log->ring.header);
    if (log->follow)
        follow(log);
    print_until(log, ring_head(&log->ring), false);
    tell_gaps(log);
    print_listeners(log);
    callers_forget();
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
            say("\"%s\" is not the number of a process", optarg);
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
