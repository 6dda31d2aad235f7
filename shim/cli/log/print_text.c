/* Records for a person: one line each, what was asked first, then what was given and why. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "../../profile/loader/visible.h"
#include "callers.h"
#include "callform.h"
#include "paint.h"
#include "printer.h"
#include "text_bind.h"
#include "text_listen.h"

static void format_time(uint64_t ns, const char *form, char *text, size_t size)
{
    time_t seconds = (time_t)(ns / 1000000000u);
    struct tm when;
    text[0] = '\0';
    if (localtime_r(&seconds, &when))
        strftime(text, size, form, &when);
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

static void text_header(const struct printer *printer, const struct ring_header *header)
{
    char command[1024], born[64], profile[128], diagnostic[512];
    format_command(header, command, sizeof command);
    format_time(header->born_ns, "%Y-%m-%d %H:%M:%S", born, sizeof born);
    visible_copy(profile, sizeof profile, header->profile, strnlen(header->profile, sizeof header->profile),
                 VISIBLE_EXACT);
    visible_copy(diagnostic, sizeof diagnostic, header->diagnostic,
                 strnlen(header->diagnostic, sizeof header->diagnostic), VISIBLE_TEXT);
    printf("%s# %s (pid %u) as %s%s, since %s%s\n", paint(printer, DIM), command, header->pid, profile,
           header->isolated ? ", isolated" : "", born, paint(printer, PLAIN));
    if (diagnostic[0])
        printf("%s# the profile had a mistake, so the calls stay as they are: %s%s\n", paint(printer, RED), diagnostic,
               paint(printer, PLAIN));
}

static void format_who(const struct record *record, char *text, size_t size)
{
    char clock[32];
    format_time(record->time_ns, "%H:%M:%S", clock, sizeof clock);
    int length =
        snprintf(text, size, "%s.%06u %u", clock, (unsigned int)(record->time_ns / 1000 % 1000000), record->pid);
    if (record->tid != record->pid)
        snprintf(text + length, size - (size_t)length, "/%u", record->tid);
}

static void print_reason(const struct printer *printer, const struct ring *ring, const struct record *record,
                         const char *name)
{
    const char *yellow = paint(printer, YELLOW), *plain = paint(printer, PLAIN);
    if (record->flags & RECORD_PROVOKED) {
        printf("%s; provoked, %s%s", yellow,
               record->flags & RECORD_NOT_CALLED ? "the kernel was not asked" : "the client was reset", plain);
    } else if (is_option_call(name)) {
        if (record->key[0])
            printf("%s; by %s%s", yellow, key_name(ring, record->key[0]), plain);
        if (record->flags & RECORD_WATCHED)
            print_hold(printer, record);
    } else if (record->flags & RECORD_NOT_CALLED) {
        printf("%s; by %s, the kernel was not asked%s", yellow, key_name(ring, record->key[0]), plain);
    } else if (strcmp(name, "bind") == 0 && record->kernel_error) {
        print_bind_failure(printer, ring, record);
    } else if (strcmp(name, "listen") == 0) {
        if (record->result >= 0)
            print_listen(printer, ring, record);
    } else if (record->key[0]) {
        char flags[64];
        format_flags(record->given & ~record->asked, flags, sizeof flags);
        printf("%s; %s%sby %s", yellow, record->given != record->asked ? flags : "",
               record->given != record->asked ? " " : "", key_name(ring, record->key[0]));
        if (record->key[1])
            printf(" and %s", key_name(ring, record->key[1]));
        printf("%s", plain);
    }
}

static void print_start(const struct printer *printer, const struct record *record)
{
    char who[80], program[4 * RECORD_ADDRESS + 1], profile[4 * RECORD_ADDRESS + 1];
    const struct start_names names = start_names(record);
    format_who(record, who, sizeof who);
    visible_copy(program, sizeof program, names.program, names.program_length, VISIBLE_EXACT);
    visible_copy(profile, sizeof profile, names.profile, names.profile_length, VISIBLE_EXACT);
    printf("%s%s start %s, child of %d%s%s%s%s", paint(printer, DIM), who, program, record->asked,
           profile[0] ? ", as " : "", record->flags & RECORD_PATH_CUT ? "..." : "", profile, paint(printer, PLAIN));
    if (record->flags & RECORD_MISTAKE)
        printf("%s; its profile had a mistake%s", paint(printer, RED), paint(printer, PLAIN));
    if (record->given)
        printf("%s; %u call%s before left to the kernel: the library was not ready%s", paint(printer, YELLOW),
               (uint32_t)record->given, record->given == 1 ? "" : "s", paint(printer, PLAIN));
    putchar('\n');
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

/* Ends the line; the first time that a site is met, its stack follows. */
static void print_caller(const struct printer *printer, struct caller *caller)
{
    char text[2048];
    if (caller) {
        format_frame(&caller->frames[0], text, sizeof text);
        printf("%s; called from %s%s", paint(printer, DIM), text, paint(printer, PLAIN));
    }
    putchar('\n');
    for (size_t i = 1; caller && !caller->is_told && i < caller->count; i++) {
        format_frame(&caller->frames[i], text, sizeof text);
        printf("%s    by %s%s\n", paint(printer, DIM), text, paint(printer, PLAIN));
    }
    if (caller)
        caller->is_told = true;
}

/* "; 999 times more until 12:36:52.123456" */
static void print_repeats(const struct printer *printer, const struct repeats *repeats)
{
    char clock[32];
    if (repeats->count == 0)
        return;
    format_time(repeats->last_ns, "%H:%M:%S", clock, sizeof clock);
    printf("%s; %llu time%s more until %s.%06u%s", paint(printer, YELLOW), (unsigned long long)repeats->count,
           repeats->count == 1 ? "" : "s", clock, (unsigned int)(repeats->last_ns / 1000 % 1000000),
           paint(printer, PLAIN));
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

/* "queue of 127.0.0.1:8080 full 12:36:52.100 to 12:36:52.900 (5 of 5), 15 clients refused" */
static void print_queue(const struct printer *printer, const struct record *record)
{
    char who[80], address[320], from[32], to[32], drops[64];
    uint64_t from_ns = record->time_ns - (uint64_t)(uint32_t)record->result * 1000000u;
    format_who(record, who, sizeof who);
    format_address(record, address, sizeof address);
    format_time(from_ns, "%H:%M:%S", from, sizeof from);
    format_time(record->time_ns, "%H:%M:%S", to, sizeof to);
    format_drops((uint64_t)(uint32_t)record->given, record->flags, record->refuser_error == 0, drops, sizeof drops);
    printf("%s%s%s queue of %s %s%s %s.%03u to %s.%03u (%d of %d)%s%s%s\n", paint(printer, DIM), who,
           paint(printer, PLAIN), address[0] ? address : "a listener", paint(printer, RED),
           record->flags & RECORD_FULL ? "full" : "overflowed", from, (unsigned int)(from_ns / 1000000 % 1000), to,
           (unsigned int)(record->time_ns / 1000000 % 1000), record->asked, record->capacity, record->given ? ", " : "",
           record->given ? drops : "", paint(printer, PLAIN));
}

/* "mark: case 12 begins", "use: freebsd" */
static void print_note(const struct printer *printer, const char *name, const struct told *told)
{
    const struct record *record = &told->record;
    size_t length;
    const char *said = note_text(record, &length);
    char who[80], text[4 * RECORD_ADDRESS + 1];
    format_who(record, who, sizeof who);
    visible_copy(text, sizeof text, said, length, VISIBLE_TEXT);
    printf("%s%s%s %s%s: %s%s%s", paint(printer, DIM), who, paint(printer, PLAIN), paint(printer, YELLOW), name, text,
           record->flags & RECORD_PATH_CUT ? "..." : "", paint(printer, PLAIN));
    print_repeats(printer, &told->repeats);
    putchar('\n');
}

static void text_record(const struct printer *printer, const struct ring *ring, const struct told *told)
{
    const struct record *record = &told->record;
    char who[80], call[400], result[48], address[320];
    const char *name = call_name(ring, record->call);
    if (strcmp(name, "start") == 0) {
        print_start(printer, record);
        return;
    }
    if (strcmp(name, "queue") == 0) {
        print_queue(printer, record);
        return;
    }
    if (is_note(name)) {
        print_note(printer, name, told);
        return;
    }
    format_who(record, who, sizeof who);
    format_address(record, address, sizeof address);
    format_call(name, record, call, sizeof call);
    format_result(record, result, sizeof result);
    printf("%s%s%s %s = %s%s%s", paint(printer, DIM), who, paint(printer, PLAIN), call,
           paint(printer, record->given_error ? RED : GREEN), result, paint(printer, PLAIN));
    if (address[0] && strcmp(name, "bind") != 0 && strcmp(name, "connect") != 0)
        printf(" %s%s", strcmp(name, "listen") == 0 || strcmp(name, "getsockname") == 0 ? "at " : "from ", address);
    print_reason(printer, ring, record, name);
    print_repeats(printer, &told->repeats);
    if (printer->caller)
        print_caller(printer, caller_of(ring, record->site));
    else
        putchar('\n');
}

static void text_gap(const struct printer *printer, enum gap gap, const struct missing *missing)
{
    static const char *const words[] = {
        [GAP_OVERWRITTEN] = "overwritten by newer ones",
        [GAP_UNFINISHED] = "unfinished: their writer died, or is still writing",
        [GAP_DAMAGED] = "damaged",
    };
    char from[32], to[32];
    printf("%s# %llu call%s %s", paint(printer, RED), (unsigned long long)missing->count,
           missing->count == 1 ? "" : "s", words[gap]);
    if (missing->from_ns && missing->to_ns) {
        format_time(missing->from_ns, "%H:%M:%S", from, sizeof from);
        format_time(missing->to_ns, "%H:%M:%S", to, sizeof to);
        printf(", between %s and %s", from, to);
    }
    printf("%s\n", paint(printer, PLAIN));
}

/* "12000 accepted, 3 EAGAIN, 1 other failure" */
static void print_counts(const struct ring_listener *listener)
{
    printf("%llu accepted", (unsigned long long)listener->accepted);
    for (int i = 0; i < LISTENER_ERRORS; i++) {
        uint64_t word = listener->errors[i], count = word & ((UINT64_C(1) << 48) - 1);
        if (count)
            printf(", %llu %s", (unsigned long long)count,
                   word >> 48 ? error_name((unsigned int)(word >> 48)) : "other failures");
    }
}

static void print_depth(const struct printer *printer, const struct ring_listener *listener,
                        const struct record *listens)
{
    char drops[64];
    if (!listener->samples)
        return;
    printf("; queue %u of %llu, at most %llu", (unsigned int)listener->length,
           (unsigned long long)(listener->length >> 32) + 1, (unsigned long long)listener->highest);
    if (listener->full_times)
        printf(", full %llu time%s", (unsigned long long)listener->full_times, listener->full_times == 1 ? "" : "s");
    if (listener->full_from)
        printf("%s and still%s", paint(printer, RED), paint(printer, PLAIN));
    format_drops(listener->drops, listens->flags, listens->refuser_error == 0, drops, sizeof drops);
    if (listener->drops)
        printf(", %s", drops);
}

static void text_listener(const struct printer *printer, const struct ring_listener *listener,
                          const struct record *listens)
{
    char address[320];
    format_address(listens, address, sizeof address);
    printf("%s# %s (%u of pid %u): ", paint(printer, DIM), address[0] ? address : "a listener",
           (unsigned int)listener->owner, (unsigned int)(listener->owner >> 32));
    print_counts(listener);
    print_depth(printer, listener, listens);
    printf("%s\n", paint(printer, PLAIN));
}

static void print_path(const char *path)
{
    char text[4 * PATH_MAX];
    visible_copy(text, sizeof text, path, strlen(path), VISIBLE_EXACT);
    printf("%s  ", text);
}

static void text_listed(const char *path, const struct ring *ring, const char *life)
{
    const struct ring_header *header = ring->header;
    char command[128], profile[80];
    print_path(path);
    visible_copy(command, sizeof command, header->command, strnlen(header->command, sizeof header->command),
                 VISIBLE_EXACT);
    visible_copy(profile, sizeof profile, header->profile, strnlen(header->profile, sizeof header->profile),
                 VISIBLE_EXACT);
    printf("%s (pid %u) as %s, %llu records, %s\n", command, header->pid, profile, (unsigned long long)ring_calls(ring),
           life);
}

static void text_faulty(const char *path, const char *fault)
{
    print_path(path);
    puts(fault);
}

const struct printer text_printer = {.header = text_header,
                                     .record = text_record,
                                     .repeated = text_record,
                                     .listener = text_listener,
                                     .gap = text_gap,
                                     .listed = text_listed,
                                     .faulty = text_faulty};
