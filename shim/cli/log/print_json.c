/* Records for a program: one JSON object a line. A field that a call does not have is absent. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../rules/accept_filter.h"
#include "address.h"
#include "callers.h"
#include "names.h"
#include "printer.h"

/* A JSON string of bytes that may be anything: what is not printable ASCII goes as \u00NN. */
static void print_string(const void *bytes, size_t length)
{
    const unsigned char *byte = bytes;
    putchar('"');
    for (size_t i = 0; i < length; i++) {
        if (byte[i] == '"' || byte[i] == '\\')
            printf("\\%c", byte[i]);
        else if (byte[i] >= ' ' && byte[i] < 0x7f)
            putchar(byte[i]);
        else
            printf("\\u%04x", byte[i]);
    }
    putchar('"');
}

static void print_text(const char *text, size_t size)
{
    print_string(text, strnlen(text, size));
}

static void print_header(const struct ring_header *header)
{
    size_t size = header->command_size < sizeof header->command ? header->command_size : sizeof header->command;
    printf("\"ring\":%u,\"pid\":%u,\"born_ns\":%" PRIu64 ",\"profile\":", header->kind.version, header->pid,
           header->born_ns);
    print_text(header->profile, sizeof header->profile);
    if (header->diagnostic[0]) {
        printf(",\"diagnostic\":");
        print_text(header->diagnostic, sizeof header->diagnostic);
    }
    if (header->isolated)
        printf(",\"isolated\":true");
    printf(",\"command\":[");
    for (size_t at = 0, length; at < size; at += length + 1) {
        length = strnlen(header->command + at, size - at);
        printf("%s", at ? "," : "");
        print_string(header->command + at, length);
    }
    printf("]");
}

/* Begins an object. */
static void print_server(const char *server)
{
    putchar('{');
    if (!server)
        return;
    printf("\"server\":");
    print_string(server, strlen(server));
    putchar(',');
}

static void json_header(struct printer *printer, const struct ring_header *header)
{
    (void)printer;
    printf("{");
    print_header(header);
    printf("}\n");
}

static void print_path(const char *path)
{
    printf("{\"path\":");
    print_string(path, strlen(path));
}

static void print_named(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    print_string(text, strlen(text));
}

static void json_listed(const struct listed *listed)
{
    print_path(listed->path);
    printf(",\"state\":\"%s\",\"size\":%" PRIu64 ",\"age_s\":%" PRIu64 ",\"idle_s\":%" PRIu64, listed->state,
           listed->size, listed->age_s, listed->idle_s);
    if (listed->owner)
        print_named("owner", listed->owner);
    if (listed->fault)
        print_named("fault", listed->fault);
    if (listed->header) {
        print_named("listens", listed->addresses);
        printf(",\"records\":%" PRIu64 ",", listed->calls);
        print_header(listed->header);
    }
    printf("}\n");
}

static void print_error(const char *name, unsigned int error)
{
    if (error)
        printf(",\"%s\":\"%s\"", name, error_name(error));
}

static void print_why(const struct ring *ring, const struct record *record)
{
    if (!record->key[0] && !record->key[1])
        return;
    printf(",\"why\":[");
    for (int i = 0; i < 2; i++) {
        if (!record->key[i])
            continue;
        fputs(i && record->key[0] ? "," : "", stdout);
        print_text(key_name(ring, record->key[i]), KEY_NAME_SIZE);
    }
    putchar(']');
}

static void print_address(const struct record *record)
{
    char address[320];
    const char *family = family_name(record_family(record));
    format_address(record, address, sizeof address);
    if (!address[0])
        return;
    if (family)
        printf(",\"family\":\"%s\"", family);
    printf(",\"address\":");
    print_string(address, strlen(address));
}

static void print_flag(const struct record *record, enum record_flag flag, const char *name)
{
    if (record->flags & flag)
        printf(",\"%s\":true", name);
}

/* What the refuser was asked for, and whether it does so. */
static void print_overflow(const char *overflow, const struct record *record)
{
    printf(",\"overflow\":\"%s\",\"refuser\":%s", overflow, record->refuser_error ? "false" : "true");
}

static void print_numbers(const struct record *record, const char *name)
{
    if (strcmp(name, "listen") == 0) {
        printf(",\"asked\":%d,\"effective\":%d,\"given\":%d", record->asked, record->effective, record->given);
        if (record->capacity > 0)
            printf(",\"capacity\":%d", record->capacity);
        if (record->flags & RECORD_SHORTENED)
            printf(",\"reset\":%u", record->reset);
        if (record->flags & RECORD_WATCHED)
            print_overflow(record->flags & RECORD_RESETS ? "reset" : "refuse", record);
    } else if (strcmp(name, "accept") == 0 || strcmp(name, "accept4") == 0) {
        printf(",\"asked\":%d,\"given\":%d", record->asked, record->given);
    } else if (strcmp(name, "setsockopt") == 0 || strcmp(name, "getsockopt") == 0) {
        printf(",\"option\":\"%s\"", option_name(record));
        if (record->given > FILTER_NONE && record->given < FILTER_COUNT)
            printf(",\"filter\":\"%s\"", filter_name((enum filter)record->given));
        if (record->flags & RECORD_WATCHED)
            print_overflow("reset", record);
    }
}

/* What a process goes on with beside its profile. */
static void print_settings(const struct ring *ring, const struct record *record)
{
    struct settings settings;
    ring_settings(ring, record->effective, &settings);
    if (settings.text[0]) {
        printf(",\"settings\":");
        print_string(settings.text, strlen(settings.text));
    }
    if (!settings.is_known)
        printf(",\"settings_cut\":true");
}

static void print_start(const struct ring *ring, const struct record *record)
{
    const struct start_names names = start_names(record);
    printf(",\"parent\":%d,\"program\":", record->asked);
    print_string(names.program, names.program_length);
    if (names.profile_length) {
        printf(",\"profile\":");
        print_string(names.profile, names.profile_length);
    }
    print_settings(ring, record);
    print_flag(record, RECORD_MISTAKE, "profile_mistake");
    if (record->given)
        printf(",\"missed\":%u", (uint32_t)record->given);
    print_flag(record, RECORD_PATH_CUT, "cut");
    printf("}\n");
}

static void print_frame(const struct caller_frame *frame)
{
    const struct module *module = frame->module;
    printf("\"%s\":\"%#" PRIx64 "\"", module ? "offset" : "address", frame->place.offset);
    if (module) {
        printf(",\"module\":");
        print_string(module->path, strlen(module->path));
    }
    if (module && module->path_is_cut)
        printf(",\"module_cut\":true");
    if (module && module->build_id_size) {
        printf(",\"build_id\":\"");
        for (size_t i = 0; i < module->build_id_size; i++)
            printf("%02x", module->build_id[i]);
        putchar('"');
    }
    if (frame->symbol.function[0]) {
        printf(",\"function\":");
        print_string(frame->symbol.function, strlen(frame->symbol.function));
    }
    if (frame->symbol.line) {
        printf(",\"file\":");
        print_string(frame->symbol.file, strlen(frame->symbol.file));
        printf(",\"line\":%d", frame->symbol.line);
    }
}

/* The innermost frame as fields of the record, and all of them as "frames". */
static void print_caller(const struct caller *caller)
{
    if (!caller)
        return;
    putchar(',');
    print_frame(&caller->frames[0]);
    printf(",\"frames\":[");
    for (size_t i = 0; i < caller->count; i++) {
        printf("%s{", i ? "," : "");
        print_frame(&caller->frames[i]);
        putchar('}');
    }
    putchar(']');
}

/* What the kernel dropped was answered by a refuser, where one watches the listener and does not tell it itself. */
static void print_drops(uint64_t drops, const struct record *listens, bool is_told)
{
    bool answered = listens->flags & RECORD_WATCHED && !listens->refuser_error && !is_told;
    printf(",\"%s\":%" PRIu64, !answered ? "dropped" : listens->flags & RECORD_RESETS ? "reset" : "refused", drops);
}

static void print_queue(const struct record *record)
{
    printf(",\"fd\":%d,\"full\":%s,\"from_ns\":%" PRIu64 ",\"queued\":%d,\"capacity\":%d", record->fd,
           record->flags & RECORD_FULL ? "true" : "false",
           record->time_ns - (uint64_t)(uint32_t)record->result * 1000000u, record->asked, record->capacity);
    if (record->effective)
        printf(",\"to_ns\":%" PRIu64, record->time_ns - (uint64_t)(uint32_t)record->effective * 1000000u);
    print_drops(record->flags & RECORD_TELLS ? record->reset : (uint32_t)record->given, record, false);
    print_address(record);
    printf("}\n");
}

static void json_listener(struct printer *printer, const char *server, const struct ring_listener *listener,
                          const struct record *listens)
{
    const char *comma = "";
    (void)printer;
    print_server(server);
    printf("\"listener\":%" PRIu64 ",\"pid\":%u,\"fd\":%u,\"since_ns\":%" PRIu64 ",\"accepted\":%" PRIu64
           ",\"failed\":%" PRIu64 ",\"errors\":{",
           (uint64_t)listener->cookie, (unsigned int)(listener->owner >> 32), (unsigned int)listener->owner,
           (uint64_t)listener->since_ns, (uint64_t)listener->accepted, (uint64_t)listener->failed);
    for (int i = 0; i < LISTENER_ERRORS; i++) {
        uint64_t word = listener->errors[i], count = word & ((UINT64_C(1) << 48) - 1);
        if (count)
            printf("%s\"%s\":%" PRIu64, comma, failure_name(i, word, "other"), count);
        comma = count ? "," : comma;
    }
    printf("}");
    print_address(listens);
    if (listener->turned_away)
        printf(",\"turned_away\":%" PRIu64, (uint64_t)listener->turned_away);
    if (listener->waits)
        printf(",\"waited_ms\":%u,\"waited_most_ms\":%u", (unsigned int)listener->waits,
               (unsigned int)(listener->waits >> 32));
    if (listener->samples) {
        printf(",\"queued\":%u,\"capacity\":%" PRIu64 ",\"highest\":%" PRIu64 ",\"full_times\":%" PRIu64,
               (unsigned int)listener->length, (listener->length >> 32) + 1, (uint64_t)listener->highest,
               (uint64_t)listener->full_times);
        if (listener->full_from)
            printf(",\"full_since_ns\":%" PRIu64, (uint64_t)listener->full_from);
        print_drops(listener->drops, listens, listens->flags & RECORD_TELLS);
    }
    printf("}\n");
}

static void print_repeats(const struct repeats *repeats)
{
    if (repeats->count)
        printf(",\"repeats\":%" PRIu64 ",\"last_ns\":%" PRIu64, repeats->count, repeats->last_ns);
}

static void print_note(const char *name, const struct shown *shown)
{
    const struct record *record = shown->record;
    size_t length;
    const char *text = note_text(record, &length);
    printf(",\"%s\":", strcmp(name, "use") == 0 ? "profile" : "text");
    print_string(text, length);
    if (strcmp(name, "use") == 0)
        print_settings(shown->ring, record);
    print_flag(record, RECORD_PATH_CUT, "cut");
    print_repeats(&shown->repeats);
    printf("}\n");
}

static void print_member(const char *name, const char *text)
{
    printf(",\"%s\":", name);
    print_string(text, strlen(text));
}

static void print_rule(const struct explained_rule *rule)
{
    printf("{\"key\":");
    print_string(rule->key, strlen(rule->key));
    print_member("value", rule->value);
    print_member("firmness", rule->firmness);
    if (rule->source[0])
        print_member("source", rule->source);
    if (rule->place[0])
        print_member("place", rule->place);
    if (rule->help[0])
        print_member("rule", rule->help);
    if (rule->native[0])
        print_member("linux", rule->native);
    putchar('}');
}

/* What Linux would have given, and each rule that made a difference. */
static void print_explanation(const struct explanation *explanation)
{
    print_member("linux", explanation->native);
    print_member("profile", explanation->profile);
    if (explanation->fault[0])
        print_member("profile_fault", explanation->fault);
    printf(",\"rules\":[");
    for (size_t i = 0; i < explanation->count; i++) {
        fputs(i ? "," : "", stdout);
        print_rule(&explanation->rules[i]);
    }
    putchar(']');
}

static void json_record(struct printer *printer, const struct shown *shown)
{
    const struct ring *ring = shown->ring;
    const struct record *record = shown->record;
    const char *name = call_name(ring, record->call);
    (void)printer;
    print_server(shown->server);
    printf("\"number\":%" PRIu64 ",\"time_ns\":%" PRIu64 ",\"pid\":%u,\"tid\":%u,\"call\":", shown->number,
           record->time_ns, record->pid, record->tid);
    print_text(name, CALL_NAME_SIZE);
    if (strcmp(name, "start") == 0) {
        print_start(ring, record);
        return;
    }
    if (strcmp(name, "queue") == 0) {
        print_queue(record);
        return;
    }
    if (is_note(name)) {
        print_note(name, shown);
        return;
    }
    printf(",\"fd\":%d,\"result\":%d", record->fd, record->result);
    print_numbers(record, name);
    print_error(strcmp(name, "connect") == 0 ? "filter_errno" : "refuser_errno", record->refuser_error);
    print_error("shorten_errno", record->shorten_error);
    print_why(ring, record);
    print_error("kernel_errno", record->kernel_error);
    print_error("errno", record->given_error);
    print_address(record);
    print_flag(record, RECORD_LIMITED, "limited");
    print_flag(record, RECORD_NOT_CALLED, "not_called");
    print_flag(record, RECORD_SKIPPED, "skipped");
    print_flag(record, RECORD_PROVOKED, "provoked");
    print_repeats(&shown->repeats);
    print_caller(caller_of(shown->callers, ring, record->site));
    if (shown->explanation)
        print_explanation(shown->explanation);
    printf("}\n");
}

static void json_gap(struct printer *printer, const char *server, enum gap gap, const struct missing *missing)
{
    static const char *const words[] = {
        [GAP_OVERWRITTEN] = "overwritten",
        [GAP_UNFINISHED] = "unfinished",
        [GAP_DAMAGED] = "damaged",
    };
    (void)printer;
    print_server(server);
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
