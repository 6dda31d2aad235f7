/* Calls that failed or were changed, as entries of the journal. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../cli.h"
#include "../live/full.h"
#include "../live/guard.h"
#include "../log/address.h"
#include "../log/callers.h"
#include "../log/callform.h"
#include "../log/choose.h"
#include "../log/names.h"
#include "../log/ringlife.h"
#include "../log/subject.h"
#include "../view/view.h"
#include "export.h"
#include "journal.h"
#include "wanted.h"

#define LOOK_NS 50000000
/* So many looks without a record, and the server is asked for: that costs a look at every process. */
#define LOOKS_BEFORE_LIFE 20
/* Entries in a second; the rest is counted. */
#define BUDGET 500u

enum { PRIORITY_WARNING = 4, PRIORITY_INFO = 6 };

struct sender {
    struct journal journal;
    struct ring ring;
    struct cursor cursor;
    struct callers callers;
    struct context context;
    const struct selection *selection;
    int file; /* of the ring */
    bool skips, found, failed;
    int error;
    time_t second; /* of the budget */
    unsigned int spent;
    uint64_t left_out;
};

static volatile sig_atomic_t ended;

static void end(int signal)
{
    (void)signal;
    ended = 1;
}

/* --- an entry --- */

static void put_message(struct journal_entry *entry, const struct ring *ring, const struct told *told, const char *name)
{
    const struct record *record = &told->record;
    char call[400], result[48], why[KEYS_TEXT];
    if (strcmp(name, "queue") == 0) {
        char address[320], full[FULL_TEXT];
        format_address(record, address, sizeof address);
        format_full(record, full, sizeof full);
        journal_field(entry, "MESSAGE", "queue of %s %s", address[0] ? address : "a listener", full);
        return;
    }
    format_call(name, record, call, sizeof call);
    format_result(record, result, sizeof result);
    format_keys(ring, record, why, sizeof why);
    if (told->repeats.count)
        journal_field(entry, "MESSAGE", "%s = %s, %llu times%s", call, result,
                      (unsigned long long)told->repeats.count + 1, why);
    else
        journal_field(entry, "MESSAGE", "%s = %s%s", call, result, why);
}

/* Where in the program: fields that the journal's own tools know. Source: systemd.journal-fields(7) */
static void put_caller(struct journal_entry *entry, struct callers *callers, const struct ring *ring,
                       const struct record *record)
{
    const struct caller *caller = caller_of(callers, ring, record->site);
    if (!caller)
        return;
    const struct symbol *symbol = &caller->frames[0].symbol;
    if (symbol->function[0])
        journal_field(entry, "CODE_FUNC", "%s", symbol->function);
    if (symbol->line) {
        journal_field(entry, "CODE_FILE", "%s", symbol->file);
        journal_field(entry, "CODE_LINE", "%d", symbol->line);
    }
}

static void put_numbers(struct journal_entry *entry, const struct ring *ring, const struct told *told)
{
    const struct record *record = &told->record;
    char address[320];
    journal_field(entry, "LISTENAS_PID", "%u", record->pid);
    journal_field(entry, "LISTENAS_TID", "%u", record->tid);
    journal_field(entry, "LISTENAS_FD", "%d", record->fd);
    journal_field(entry, "LISTENAS_RESULT", "%d", record->result);
    journal_field(entry, "LISTENAS_TIME_USEC", "%llu", (unsigned long long)record->time_ns / 1000);
    journal_field(entry, "LISTENAS_TIMES", "%llu", (unsigned long long)told->repeats.count + 1);
    format_address(record, address, sizeof address);
    if (address[0])
        journal_field(entry, "LISTENAS_ADDRESS", "%s", address);
    if (record->given_error) {
        journal_field(entry, "ERRNO", "%u", record->given_error);
        journal_field(entry, "LISTENAS_ERRNO", "%s", error_name(record->given_error));
    }
    if (record->kernel_error)
        journal_field(entry, "LISTENAS_KERNEL_ERRNO", "%s", error_name(record->kernel_error));
    for (int i = 0; i < 2; i++)
        if (record->key[i])
            journal_field(entry, "LISTENAS_KEY", "%s", key_name(ring, record->key[i]));
}

static void make_entry(struct journal_entry *entry, struct sender *sender, const struct told *told)
{
    const struct ring *ring = &sender->ring;
    const struct ring_header *header = ring->header;
    const char *name = call_name(ring, told->record.call);
    bool is_bad = told->record.result < 0 || strcmp(name, "queue") == 0;
    entry->size = 0;
    put_message(entry, ring, told, name);
    journal_field(entry, "PRIORITY", "%d", is_bad ? PRIORITY_WARNING : PRIORITY_INFO);
    journal_field(entry, "SYSLOG_IDENTIFIER", "listenas");
    journal_field(entry, "LISTENAS_CALL", "%s", name);
    journal_field(entry, "LISTENAS_PROFILE", "%.*s", (int)sizeof header->profile, header->profile);
    journal_field(entry, "LISTENAS_PROGRAM", "%.*s", (int)sizeof header->command, header->command);
    put_numbers(entry, ring, told);
    put_caller(entry, &sender->callers, ring, &told->record);
}

/* --- sending --- */

static void send_entry(struct sender *sender, const struct journal_entry *entry)
{
    sender->error = journal_send(&sender->journal, entry);
    sender->failed = sender->error != 0;
}

static void send_left_out(struct sender *sender)
{
    static struct journal_entry entry;
    if (sender->left_out == 0)
        return;
    entry.size = 0;
    journal_field(&entry, "MESSAGE", "%llu more calls that failed or were changed are in the record",
                  (unsigned long long)sender->left_out);
    journal_field(&entry, "PRIORITY", "%d", PRIORITY_WARNING);
    journal_field(&entry, "SYSLOG_IDENTIFIER", "listenas");
    journal_field(&entry, "LISTENAS_LEFT_OUT", "%llu", (unsigned long long)sender->left_out);
    sender->left_out = 0;
    send_entry(sender, &entry);
}

static void send_told(struct sender *sender, const struct told *told)
{
    static struct journal_entry entry;
    time_t now = time(NULL);
    if (now != sender->second) {
        sender->second = now;
        sender->spent = 0;
        send_left_out(sender);
    }
    if (sender->spent++ >= BUDGET) {
        sender->left_out++;
        return;
    }
    make_entry(&entry, sender, told);
    if (!sender->failed)
        send_entry(sender, &entry);
}

/* --- following --- */

/* Whether it failed or was changed, and is selected. */
static bool is_chosen(struct sender *sender, const struct told *told)
{
    static struct subject_room room;
    const struct subjects subjects = {&sender->ring, &sender->context, &sender->callers};
    if (!is_wanted(&sender->ring, &told->record))
        return false;
    const struct subject subject = subject_of_told(&subjects, sender->selection, told, &room);
    return select_matches(sender->selection, &subject);
}

/* One look: sends what has come, and records again that have come to stand for more calls. */
static void look(void *context)
{
    struct sender *sender = context;
    struct told told;
    enum cursor_answer answer;
    sender->found = false;
    while (!ended && !sender->failed && (answer = cursor_next(&sender->cursor, &told)) != CURSOR_END) {
        sender->found = true;
        if (answer == CURSOR_RECORD)
            context_learn(&sender->context, &sender->ring, &told.record);
        if (!sender->skips && answer != CURSOR_GAP && is_chosen(sender, &told))
            send_told(sender, &told);
    }
    cursor_look(&sender->cursor);
}

static int follow(struct sender *sender)
{
    const struct timespec pause = {.tv_nsec = LOOK_NS};
    int looks = 0, last = 0;
    while (!ended && !sender->failed && last < 2) {
        if (!guard_run(look, sender)) {
            say("the record was cut short while it was read");
            return STATUS_OWN;
        }
        sender->skips = false;
        looks = sender->found ? 0 : looks + 1;
        if (last || (looks >= LOOKS_BEFORE_LIFE && ring_life(sender->file) == LIFE_ENDED))
            last++; /* what it wrote before it ended is sent first */
        if (looks >= LOOKS_BEFORE_LIFE)
            looks = 0;
        nanosleep(&pause, NULL);
    }
    send_left_out(sender);
    if (!sender->failed)
        return 0;
    say("%s: %s", sender->journal.to.sun_path, strerror(sender->error));
    return STATUS_OWN;
}

/* By guard_run. The cursor looks for the first time. */
static void begin(void *context)
{
    struct sender *sender = context;
    context_begin(&sender->context, &sender->ring);
    sender->error = cursor_open(&sender->cursor, &sender->ring, CURSOR_FOLLOW);
}

static int send_ring(struct sender *sender, const char *path)
{
    sender->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    const char *fault = sender->file < 0 ? strerror(errno) : ring_open_fd_to_read(&sender->ring, sender->file);
    int status = STATUS_OWN;
    if (fault) {
        say("%s: %s", path, fault);
        status = STATUS_USAGE;
    } else {
        sender->skips = ring_life(sender->file) != LIFE_ENDED;
        if (!guard_run(begin, sender))
            say("the record was cut short while it was read");
        else if (sender->error)
            say("%s: %s", path, strerror(sender->error));
        else
            status = follow(sender);
        cursor_close(&sender->cursor);
        callers_forget(&sender->callers);
        context_end(&sender->context);
        ring_close(&sender->ring);
    }
    if (sender->file >= 0)
        close(sender->file);
    return status;
}

int export_journald(const struct export_choice *choice, const char *socket_path)
{
    const struct sigaction ending = {.sa_handler = end};
    static struct sender sender;
    char path[PATH_MAX];
    sender.selection = &choice->selection;
    int status = choose_server(choice->what, path, sizeof path);
    if (status)
        return status;
    int error = journal_open(&sender.journal, socket_path);
    sigaction(SIGINT, &ending, NULL);
    sigaction(SIGTERM, &ending, NULL);
    if (error)
        say("%s: %s", socket_path, strerror(error));
    status = error ? STATUS_OWN : send_ring(&sender, path);
    journal_close(&sender.journal);
    return status;
}
