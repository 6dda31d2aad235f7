/* Records for a person: one line each, what was asked first, then what was given and why. */
#include <stdio.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "address.h"
#include "callers.h"
#include "callform.h"
#include "names.h"
#include "paint.h"
#include "printer.h"
#include "text_bind.h"
#include "text_caller.h"
#include "text_explain.h"
#include "text_listen.h"
#include "text_parts.h"
#include "text_queue.h"
#include "text_ring.h"

/* For a connect that should get no answer, but is refused. */
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

/* The settings that a process has in addition to its profile. */
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

const struct printer text_printer = {.header = text_header,
                                     .record = text_record,
                                     .repeated = text_record,
                                     .listener = text_listener,
                                     .no_place = text_no_place,
                                     .gap = text_gap,
                                     .listed = text_listed};
