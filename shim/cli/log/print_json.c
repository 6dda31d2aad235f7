/* Records for a program: one JSON object a line. A field that a call does not have is absent. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../rules/accept_filter.h"
#include "address.h"
#include "callers.h"
#include "json_caller.h"
#include "json_explain.h"
#include "json_parts.h"
#include "json_queue.h"
#include "json_ring.h"
#include "names.h"
#include "printer.h"

static void put_error(const char *name, unsigned int error)
{
    if (error)
        printf(",\"%s\":\"%s\"", name, error_name(error));
}

static void put_why(const struct ring *ring, const struct record *record)
{
    if (!record->key[0] && !record->key[1])
        return;
    printf(",\"why\":[");
    for (int i = 0; i < 2; i++) {
        if (!record->key[i])
            continue;
        fputs(i && record->key[0] ? "," : "", stdout);
        put_text(key_name(ring, record->key[i]), KEY_NAME_SIZE);
    }
    putchar(']');
}

/* What the refuser was asked for, and whether it does so. */
static void put_overflow(const char *overflow, const struct record *record)
{
    printf(",\"overflow\":\"%s\",\"refuser\":%s", overflow, record->refuser_error ? "false" : "true");
}

static void put_numbers(const struct record *record, const char *name)
{
    if (strcmp(name, "listen") == 0) {
        printf(",\"asked\":%d,\"effective\":%d,\"given\":%d", record->asked, record->effective, record->given);
        if (record->capacity > 0)
            printf(",\"capacity\":%d", record->capacity);
        if (record->flags & RECORD_SHORTENED)
            printf(",\"reset\":%u", record->reset);
        if (record->flags & RECORD_WATCHED)
            put_overflow(record->flags & RECORD_RESETS ? "reset" : "refuse", record);
    } else if (strcmp(name, "accept") == 0 || strcmp(name, "accept4") == 0) {
        printf(",\"asked\":%d,\"given\":%d", record->asked, record->given);
    } else if (strcmp(name, "setsockopt") == 0 || strcmp(name, "getsockopt") == 0) {
        printf(",\"option\":\"%s\"", option_name(record));
        if (record->given > FILTER_NONE && record->given < FILTER_COUNT)
            printf(",\"filter\":\"%s\"", filter_name((enum filter)record->given));
        if (record->flags & RECORD_WATCHED)
            put_overflow("reset", record);
    }
}

/* The settings that a process has in addition to its profile. */
static void put_settings(const struct ring *ring, const struct record *record)
{
    struct settings settings;
    ring_settings(ring, record->effective, &settings);
    if (settings.text[0]) {
        put_member("settings", settings.text);
    }
    if (!settings.is_known)
        printf(",\"settings_cut\":true");
}

static void put_start(const struct ring *ring, const struct record *record)
{
    const struct start_names names = start_names(record);
    printf(",\"parent\":%d,\"program\":", record->asked);
    put_string(names.program, names.program_length);
    if (names.profile_length) {
        printf(",\"profile\":");
        put_string(names.profile, names.profile_length);
    }
    put_settings(ring, record);
    put_flag(record, RECORD_MISTAKE, "profile_mistake");
    if (record->given)
        printf(",\"missed\":%u", (uint32_t)record->given);
    put_flag(record, RECORD_PATH_CUT, "cut");
    printf("}\n");
}

static void put_repeats(const struct repeats *repeats)
{
    if (repeats->count)
        printf(",\"repeats\":%" PRIu64 ",\"last_ns\":%" PRIu64, repeats->count, repeats->last_ns);
}

static void put_note(const char *name, const struct shown *shown)
{
    const struct record *record = shown->record;
    size_t length;
    const char *text = note_text(record, &length);
    printf(",\"%s\":", strcmp(name, "use") == 0 ? "profile" : "text");
    put_string(text, length);
    if (strcmp(name, "use") == 0)
        put_settings(shown->ring, record);
    put_flag(record, RECORD_PATH_CUT, "cut");
    put_repeats(&shown->repeats);
    printf("}\n");
}

static void put_call(const char *name, const struct shown *shown)
{
    const struct record *record = shown->record;
    printf(",\"fd\":%d,\"result\":%d", record->fd, record->result);
    put_numbers(record, name);
    put_error(strcmp(name, "connect") == 0 ? "filter_errno" : "refuser_errno", record->refuser_error);
    put_error("shorten_errno", record->shorten_error);
    put_why(shown->ring, record);
    put_error("kernel_errno", record->kernel_error);
    put_error("errno", record->given_error);
    put_address(record);
    put_flag(record, RECORD_LIMITED, "limited");
    put_flag(record, RECORD_NOT_CALLED, "not_called");
    put_flag(record, RECORD_SKIPPED, "skipped");
    put_flag(record, RECORD_PROVOKED, "provoked");
    put_repeats(&shown->repeats);
    put_caller(caller_of(shown->callers, shown->ring, record->site));
    if (shown->explanation)
        put_explanation(shown->explanation);
    printf("}\n");
}

static void json_record(struct printer *printer, const struct shown *shown)
{
    const struct record *record = shown->record;
    const char *name = call_name(shown->ring, record->call);
    (void)printer;
    put_server(shown->server);
    printf("\"number\":%" PRIu64 ",\"time_ns\":%" PRIu64 ",\"pid\":%u,\"tid\":%u,\"call\":", shown->number,
           record->time_ns, record->pid, record->tid);
    put_text(name, CALL_NAME_SIZE);
    if (strcmp(name, "start") == 0)
        put_start(shown->ring, record);
    else if (strcmp(name, "queue") == 0)
        put_queue(record);
    else if (is_note(name))
        put_note(name, shown);
    else
        put_call(name, shown);
}

static void json_gap(struct printer *printer, const char *server, enum gap gap, const struct missing *missing)
{
    static const char *const words[] = {
        [GAP_OVERWRITTEN] = "overwritten",
        [GAP_UNFINISHED] = "unfinished",
        [GAP_DAMAGED] = "damaged",
    };
    (void)printer;
    put_server(server);
    printf("\"%s\":%" PRIu64, words[gap], missing->count);
    if (missing->from_ns && missing->to_ns)
        printf(",\"from_ns\":%" PRIu64 ",\"to_ns\":%" PRIu64, missing->from_ns, missing->to_ns);
    printf("}\n");
}

const struct printer json_printer = {.header = json_header,
                                     .record = json_record,
                                     .repeated = json_record,
                                     .listener = json_listener,
                                     .gap = json_gap,
                                     .listed = json_listed};
