/* Records for a person: one line each, what was asked first, then what was given and why. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "../../profile/loader/visible.h"
#include "../age.h"
#include "../clock.h"
#include "address.h"
#include "callers.h"
#include "callform.h"
#include "names.h"
#include "paint.h"
#include "printer.h"
#include "text_bind.h"
#include "text_explain.h"
#include "text_listen.h"

#define COMMENT_INDENT 2

static void end_record(struct printer *printer)
{
    text_line_print(&printer->line, printer->width, RECORD_INDENT);
}

static void end_comment(struct printer *printer)
{
    text_line_print(&printer->line, printer->width, COMMENT_INDENT);
}

/* The words of a command line, separated by NUL bytes there and by blanks here. */
static void format_command(const struct ring_header *header, char *text, size_t size)
{
    char words[sizeof header->command];
    size_t length = header->command_size < sizeof words ? header->command_size : sizeof words;
    memcpy(words, header->command, length);
    while (length > 0 && words[length - 1] == '\0')
        length--;
    for (size_t i = 0; i < length; i++)
        if (words[i] == '\0')
            words[i] = ' ';
    visible_copy(text, size, words, length, VISIBLE_EXACT);
}

static void text_header(struct printer *printer, const struct ring_header *header)
{
    struct text_line *line = &printer->line;
    char command[1024], born[64], profile[128], diagnostic[512];
    format_command(header, command, sizeof command);
    times_format_date(&printer->times, header->born_ns, born, sizeof born);
    visible_copy(profile, sizeof profile, header->profile, strnlen(header->profile, sizeof header->profile),
                 VISIBLE_EXACT);
    visible_copy(diagnostic, sizeof diagnostic, header->diagnostic,
                 strnlen(header->diagnostic, sizeof header->diagnostic), VISIBLE_TEXT);
    text_line_add(line, "%s# %s (pid %u) as %s%s, since %s%s", paint(printer, DIM), command, header->pid, profile,
                  header->isolated ? ", isolated" : "", born, paint(printer, PLAIN));
    end_comment(printer);
    if (diagnostic[0]) {
        text_line_add(line, "%s# the profile had a mistake, so the calls stay as they are: %s%s", paint(printer, RED),
                      diagnostic, paint(printer, PLAIN));
        end_comment(printer);
    }
    if (!printer->times.last_ns) /* the day that is told already */
        times_next(&printer->times, header->born_ns, born, sizeof born);
}

/* "# 2026-11-22", where a record is of another day than what was printed before; not for a record without a time. */
static void print_day(struct printer *printer, uint64_t ns)
{
    char day[32];
    if (ns == 0 || !times_next(&printer->times, ns, day, sizeof day))
        return;
    text_line_add(&printer->line, "%s# %s%s", paint(printer, DIM), day, paint(printer, PLAIN));
    end_comment(printer);
}

/* Begins a record's line: "12:36:52.123456 legacyd[17] 19/20 ", dim. What the server's name says already is left out.
 */
static void print_who(struct printer *printer, const struct shown *shown)
{
    const struct record *record = shown->record;
    struct text_line *line = &printer->line;
    char time[64];
    print_day(printer, record->time_ns);
    times_format(&printer->times, record->time_ns, time, sizeof time);
    printer->times.last_ns = record->time_ns;
    text_line_add(line, "%s%s ", paint(printer, DIM), time);
    if (shown->server)
        text_line_add(line, "%s ", shown->server);
    if (!shown->server || record->pid != shown->ring->header->pid || record->tid != record->pid)
        text_line_add(line, "%u", record->pid);
    if (record->tid != record->pid)
        text_line_add(line, "/%u", record->tid);
    if (line->text[line->length - 1] != ' ')
        text_line_add(line, " ");
    text_line_add(line, "%s", paint(printer, PLAIN));
}

/* Of a connect that was to hear nothing. */
static void print_hindrance(struct printer *printer, const struct record *record)
{
    text_line_add(&printer->line, "%s; refused, though connect.not_listening says drop: SO_ATTACH_FILTER gave %s%s",
                  paint(printer, RED), error_name(record->refuser_error), paint(printer, PLAIN));
}

static void print_reason(struct printer *printer, const struct ring *ring, const struct record *record,
                         const char *name)
{
    struct text_line *line = &printer->line;
    const char *yellow = paint(printer, YELLOW), *plain = paint(printer, PLAIN);
    if (record->flags & RECORD_PROVOKED) {
        text_line_add(line, "%s; provoked, %s%s", yellow,
                      record->flags & RECORD_NOT_CALLED ? "the kernel was not asked" : "the client was reset", plain);
    } else if (is_option_call(name)) {
        if (record->key[0])
            text_line_add(line, "%s; by %s%s", yellow, key_name(ring, record->key[0]), plain);
        if (record->flags & RECORD_WATCHED)
            print_hold(printer, record);
    } else if (record->flags & RECORD_NOT_CALLED) {
        text_line_add(line, "%s; by %s, the kernel was not asked%s", yellow, key_name(ring, record->key[0]), plain);
    } else if (strcmp(name, "bind") == 0 && record->kernel_error) {
        print_bind_failure(printer, ring, record);
    } else if (strcmp(name, "listen") == 0) {
        if (record->result >= 0)
            print_listen(printer, ring, record);
    } else if (strcmp(name, "connect") == 0 && record->refuser_error) {
        print_hindrance(printer, record);
    } else if (record->key[0]) {
        char flags[64];
        format_flags(record->given & ~record->asked, flags, sizeof flags);
        text_line_add(line, "%s; %s%sby %s", yellow, record->given != record->asked ? flags : "",
                      record->given != record->asked ? " " : "", key_name(ring, record->key[0]));
        if (record->key[1])
            text_line_add(line, " and %s", key_name(ring, record->key[1]));
        text_line_add(line, "%s", plain);
    }
}

/* What a process goes on with beside its profile. */
static void print_settings(struct printer *printer, const struct shown *shown)
{
    struct settings settings;
    char text[4 * SETTINGS_TEXT + 1];
    ring_settings(shown->ring, shown->record->effective, &settings);
    visible_copy(text, sizeof text, settings.text, strlen(settings.text), VISIBLE_TEXT);
    if (text[0])
        text_line_add(&printer->line, " with %s%s", text, settings.is_known ? "" : ",...");
    else if (!settings.is_known)
        text_line_add(&printer->line, " with settings that are not recorded");
}

static void print_start(struct printer *printer, const struct shown *shown)
{
    const struct record *record = shown->record;
    struct text_line *line = &printer->line;
    char program[4 * RECORD_ADDRESS + 1], profile[4 * RECORD_ADDRESS + 1];
    const struct start_names names = start_names(record);
    visible_copy(program, sizeof program, names.program, names.program_length, VISIBLE_EXACT);
    visible_copy(profile, sizeof profile, names.profile, names.profile_length, VISIBLE_EXACT);
    print_who(printer, shown);
    text_line_add(line, "%sstart %s, child of %d%s%s%s", paint(printer, DIM), program, record->asked,
                  profile[0] ? ", as " : "", record->flags & RECORD_PATH_CUT ? "..." : "", profile);
    print_settings(printer, shown);
    text_line_add(line, "%s", paint(printer, PLAIN));
    if (record->flags & RECORD_MISTAKE)
        text_line_add(line, "%s; its profile had a mistake%s", paint(printer, RED), paint(printer, PLAIN));
    if (record->given)
        text_line_add(line, "%s; %u call%s before left to the kernel: the library was not ready%s",
                      paint(printer, YELLOW), (uint32_t)record->given, record->given == 1 ? "" : "s",
                      paint(printer, PLAIN));
    end_record(printer);
}

/* "accept_one (server.c:12)", "accept_one (/usr/bin/server+0x1234)" or "0x7f0123456789" */
static void format_frame(const struct caller_frame *frame, char *text, size_t size)
{
    const struct symbol *symbol = &frame->symbol;
    char function[512] = "", where[2048] = "", path[1024] = "";
    const char *slash = strrchr(symbol->file, '/');
    if (symbol->line) {
        visible_copy(path, sizeof path, slash ? slash + 1 : symbol->file, strlen(slash ? slash + 1 : symbol->file),
                     VISIBLE_EXACT);
        snprintf(where, sizeof where, "%s:%d", path, symbol->line);
    } else if (frame->module) {
        visible_copy(path, sizeof path, frame->module->path, strlen(frame->module->path), VISIBLE_EXACT);
        snprintf(where, sizeof where, "%s%s+%#llx", frame->module->path_is_cut ? "..." : "", path,
                 (unsigned long long)frame->place.offset);
    } else {
        snprintf(where, sizeof where, "%#llx", (unsigned long long)frame->place.offset);
    }
    visible_copy(function, sizeof function, symbol->function, strlen(symbol->function), VISIBLE_EXACT);
    if (function[0])
        snprintf(text, size, "%s (%s)", function, where);
    else
        snprintf(text, size, "%s", where);
}

static void print_caller(struct printer *printer, const struct caller *caller)
{
    char text[2048];
    if (!caller)
        return;
    format_frame(&caller->frames[0], text, sizeof text);
    text_line_add(&printer->line, "%s; called from %s%s", paint(printer, DIM), text, paint(printer, PLAIN));
}

/* The first time that a site is met. */
static void print_stack(struct printer *printer, struct caller *caller)
{
    char text[2048];
    for (size_t i = 1; caller && !caller->is_told && i < caller->count; i++) {
        format_frame(&caller->frames[i], text, sizeof text);
        text_line_add(&printer->line, "%s    by %s%s", paint(printer, DIM), text, paint(printer, PLAIN));
        end_record(printer);
    }
    if (caller)
        caller->is_told = true;
}

/* "; 999 times more until 12:36:52.123456" */
static void print_repeats(struct printer *printer, const struct repeats *repeats)
{
    char clock[64];
    if (repeats->count == 0)
        return;
    times_format_other(&printer->times, repeats->last_ns, 6, clock, sizeof clock);
    text_line_add(&printer->line, "%s; %llu time%s more until %s%s", paint(printer, YELLOW),
                  (unsigned long long)repeats->count, repeats->count == 1 ? "" : "s", clock, paint(printer, PLAIN));
}

/* "15 clients refused"; without a refuser the client does not hear of it, and sends its SYN again. */
static void format_drops(uint64_t drops, unsigned int flags, bool has_refuser, char *text, size_t size)
{
    const char *plural = drops == 1 ? "" : "s";
    if (has_refuser && flags & RECORD_WATCHED)
        snprintf(text, size, "%llu client%s %s", (unsigned long long)drops, plural,
                 flags & RECORD_RESETS ? "reset" : "refused");
    else
        snprintf(text, size, "%llu SYN%s dropped", (unsigned long long)drops, plural);
}

/* The end of a time, from the last part on that differs from the beginning's: ".900" of "12:36:52.900". */
static const char *end_of_time(const char *from, const char *to)
{
    const char *dot = strrchr(to, '.');
    size_t seconds = dot ? (size_t)(dot - to) : 0;
    return dot && strncmp(from, to, seconds + 1) == 0 ? dot : to;
}

/* "queue of 127.0.0.1:8080 full 12:36:52.100 to .900 (5 of 5), 15 clients refused" */
static void print_queue(struct printer *printer, const struct shown *shown)
{
    const struct record *record = shown->record;
    char address[320], from[64], to[64], drops[64];
    uint64_t from_ns = record->time_ns - (uint64_t)(uint32_t)record->result * 1000000u;
    uint64_t to_ns = record->time_ns - (uint64_t)(uint32_t)record->effective * 1000000u;
    uint32_t count = record->flags & RECORD_TELLS ? record->reset : (uint32_t)record->given;
    format_address(record, address, sizeof address);
    times_format_other(&printer->times, from_ns, 3, from, sizeof from);
    times_format_other(&printer->times, to_ns, 3, to, sizeof to);
    format_drops(count, record->flags, record->refuser_error == 0, drops, sizeof drops);
    print_who(printer, shown);
    text_line_add(&printer->line, "queue of %s %s%s %s to %s (%d of %d)%s%s%s", address[0] ? address : "a listener",
                  paint(printer, RED), record->flags & RECORD_FULL ? "full" : "overflowed", from, end_of_time(from, to),
                  record->asked, record->capacity, count ? ", " : "", count ? drops : "", paint(printer, PLAIN));
    end_record(printer);
}

/* "mark: case 12 begins", "use: freebsd" */
static void print_note(struct printer *printer, const char *name, const struct shown *shown)
{
    const struct record *record = shown->record;
    size_t length;
    const char *said = note_text(record, &length);
    char text[4 * RECORD_ADDRESS + 1];
    visible_copy(text, sizeof text, said, length, VISIBLE_TEXT);
    print_who(printer, shown);
    text_line_add(&printer->line, "%s%s: %s%s", paint(printer, YELLOW), name, text,
                  record->flags & RECORD_PATH_CUT ? "..." : "");
    if (strcmp(name, "use") == 0)
        print_settings(printer, shown);
    text_line_add(&printer->line, "%s", paint(printer, PLAIN));
    print_repeats(printer, &shown->repeats);
    end_record(printer);
}

static void print_call(struct printer *printer, const struct shown *shown, const char *name)
{
    const struct record *record = shown->record;
    struct text_line *line = &printer->line;
    char call[400], result[48], address[320];
    format_address(record, address, sizeof address);
    format_call(name, record, call, sizeof call);
    format_result(record, result, sizeof result);
    print_who(printer, shown);
    text_line_add(line, "%s = %s%s%s", call, paint(printer, record->given_error ? RED : GREEN), result,
                  paint(printer, PLAIN));
    if (address[0] && strcmp(name, "bind") != 0 && strcmp(name, "connect") != 0)
        text_line_add(line, " %s%s", strcmp(name, "listen") == 0 || strcmp(name, "getsockname") == 0 ? "at " : "from ",
                      address);
    print_reason(printer, shown->ring, record, name);
    print_repeats(printer, &shown->repeats);
    struct caller *caller = printer->caller ? caller_of(shown->callers, shown->ring, record->site) : NULL;
    print_caller(printer, caller);
    end_record(printer);
    print_stack(printer, caller);
    if (shown->explanation)
        print_explanation(printer, shown->explanation);
}

static void text_record(struct printer *printer, const struct shown *shown)
{
    const char *name = call_name(shown->ring, shown->record->call);
    if (strcmp(name, "start") == 0)
        print_start(printer, shown);
    else if (strcmp(name, "queue") == 0)
        print_queue(printer, shown);
    else if (is_note(name))
        print_note(printer, name, shown);
    else
        print_call(printer, shown, name);
}

static void text_gap(struct printer *printer, const char *server, enum gap gap, const struct missing *missing)
{
    static const char *const words[] = {
        [GAP_OVERWRITTEN] = "overwritten by newer ones",
        [GAP_UNFINISHED] = "unfinished: their writer died, or is still writing",
        [GAP_DAMAGED] = "damaged",
    };
    struct text_line *line = &printer->line;
    char from[64], to[64];
    text_line_add(line, "%s# %s%s%llu call%s %s", paint(printer, RED), server ? server : "", server ? ": " : "",
                  (unsigned long long)missing->count, missing->count == 1 ? "" : "s", words[gap]);
    if (missing->from_ns && missing->to_ns) {
        times_format_other(&printer->times, missing->from_ns, 3, from, sizeof from);
        times_format_other(&printer->times, missing->to_ns, 3, to, sizeof to);
        text_line_add(line, ", between %s and %s", from, to);
    }
    text_line_add(line, "%s", paint(printer, PLAIN));
    end_comment(printer);
}

/* "12000 accepted, 3 EAGAIN, 1 other failure" */
static void print_counts(struct text_line *line, const struct ring_listener *listener)
{
    text_line_add(line, "%llu accepted", (unsigned long long)listener->accepted);
    for (int i = 0; i < LISTENER_ERRORS; i++) {
        uint64_t word = listener->errors[i], count = word & ((UINT64_C(1) << 48) - 1);
        if (count)
            text_line_add(line, ", %llu %s", (unsigned long long)count, failure_name(i, word, "other failures"));
    }
}

static void print_depth(struct printer *printer, const struct ring_listener *listener, const struct record *listens)
{
    struct text_line *line = &printer->line;
    char drops[64];
    if (!listener->samples)
        return;
    text_line_add(line, "; queue %u of %llu, at most %llu", (unsigned int)listener->length,
                  (unsigned long long)(listener->length >> 32) + 1, (unsigned long long)listener->highest);
    if (listener->full_times)
        text_line_add(line, ", full %llu time%s", (unsigned long long)listener->full_times,
                      listener->full_times == 1 ? "" : "s");
    if (listener->full_from)
        text_line_add(line, "%s and still%s", paint(printer, RED), paint(printer, PLAIN));
    bool answers = listens->refuser_error == 0 && !(listens->flags & RECORD_TELLS);
    format_drops(listener->drops, listens->flags, answers, drops, sizeof drops);
    if (listener->drops)
        text_line_add(line, ", %s", drops);
    if (listener->waits)
        text_line_add(line, ", waited %u ms, at most %u ms", (unsigned int)listener->waits,
                      (unsigned int)(listener->waits >> 32));
}

/* What the refuser itself has told, whether the queue was looked at or not. */
static void print_turned_away(struct text_line *line, const struct ring_listener *listener,
                              const struct record *listens)
{
    char clients[64];
    format_drops(listener->turned_away, listens->flags, true, clients, sizeof clients);
    if (listener->turned_away)
        text_line_add(line, ", %s", clients);
}

static void text_listener(struct printer *printer, const char *server, const struct ring_listener *listener,
                          const struct record *listens)
{
    struct text_line *line = &printer->line;
    char address[320];
    format_address(listens, address, sizeof address);
    text_line_add(line, "%s# %s%s%s (%u of pid %u): ", paint(printer, DIM), server ? server : "", server ? ": " : "",
                  address[0] ? address : "a listener", (unsigned int)listener->owner,
                  (unsigned int)(listener->owner >> 32));
    print_counts(line, listener);
    print_turned_away(line, listener, listens);
    print_depth(printer, listener, listens);
    text_line_add(line, "%s", paint(printer, PLAIN));
    end_comment(printer);
}

static void print_path(const char *path)
{
    char text[4 * PATH_MAX];
    visible_copy(text, sizeof text, path, strlen(path), VISIBLE_EXACT);
    printf("%s  ", text);
}

static void print_ring(const struct listed *listed)
{
    const struct ring_header *header = listed->header;
    char command[128], profile[80], age[32], idle[32];
    visible_copy(command, sizeof command, header->command, strnlen(header->command, sizeof header->command),
                 VISIBLE_EXACT);
    visible_copy(profile, sizeof profile, header->profile, strnlen(header->profile, sizeof header->profile),
                 VISIBLE_EXACT);
    format_age(listed->age_s * CLOCK_SECOND, age, sizeof age);
    format_age(listed->idle_s * CLOCK_SECOND, idle, sizeof idle);
    printf("%s (pid %u) as %s, %llu records, %" PRIu64 "K, made %s ago, last call %s ago", command, header->pid,
           profile, (unsigned long long)listed->calls, listed->size / 1024, age, idle);
    if (listed->addresses[0])
        printf(", listens on %s", listed->addresses);
}

static void text_listed(const struct listed *listed)
{
    char age[32];
    format_age(listed->age_s * CLOCK_SECOND, age, sizeof age);
    print_path(listed->path);
    if (listed->header)
        print_ring(listed);
    else
        printf("%s, %" PRIu64 "K, changed %s ago", listed->fault, listed->size / 1024, age);
    if (listed->owner)
        printf(", of user %s", listed->owner);
    printf(", %s\n", listed->state);
}

const struct printer text_printer = {.header = text_header,
                                     .record = text_record,
                                     .repeated = text_record,
                                     .listener = text_listener,
                                     .gap = text_gap,
                                     .listed = text_listed};
