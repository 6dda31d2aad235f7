/*
 * A record as a trace of Chrome's trace event format, which Perfetto opens: calls as instants of their threads, queues
 * as counters, and the times when they were full as slices. Source: "Trace Event Format", Google, 2016.
 */
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../cli.h"
#include "../live/full.h"
#include "../log/address.h"
#include "../log/callform.h"
#include "../log/choose.h"
#include "../log/names.h"
#include "../log/subject.h"
#include "../view/series.h"
#include "../view/view.h"
#include "export.h"

/* Tracks of full queues are threads of this number and the listener's place; no thread has one as large. */
#define TRACK_OF_QUEUES 0x40000000u

struct trace {
    const struct view *view;
    const bool *selected; /* each of the view's events */
    bool is_begun, failed;
};

/* Microseconds since the record began. */
static double moment(const struct trace *trace, uint64_t ns)
{
    return ns > trace->view->from_ns ? (double)(ns - trace->view->from_ns) / 1000 : 0;
}

/* Prints an event and frees it; NULL stands for no memory. */
static void put(struct trace *trace, json_t *event)
{
    printf("%s", trace->is_begun ? ",\n" : "");
    trace->is_begun = true;
    trace->failed |= !event || json_dumpf(event, stdout, JSON_COMPACT) != 0;
    json_decref(event);
}

static void add(json_t *object, const char *name, json_t *value)
{
    json_object_set_new(object, name, value);
}

/* A name of a process or thread; Perfetto shows it in place of the number. */
static void put_name(struct trace *trace, const char *kind, uint32_t pid, uint32_t tid, const char *name)
{
    put(trace, json_pack("{s:s, s:s, s:I, s:I, s:{s:s}}", "name", kind, "ph", "M", "pid", (json_int_t)pid, "tid",
                         (json_int_t)tid, "args", "name", name));
}

/* --- calls --- */

/* Of a start, whose place of an address has names. */
static void add_names(json_t *arguments, const struct record *record)
{
    const struct start_names names = start_names(record);
    char text[4 * RECORD_ADDRESS + 1];
    visible_copy(text, sizeof text, names.program, names.program_length, VISIBLE_TEXT);
    add(arguments, "program", json_string(text));
    visible_copy(text, sizeof text, names.profile, names.profile_length, VISIBLE_TEXT);
    add(arguments, "profile", json_string(text));
}

static json_t *arguments_of(const struct ring *ring, const struct told *told)
{
    const struct record *record = &told->record;
    char call[400], result[48], address[320];
    json_t *arguments = json_object(), *why = json_array();
    if (strcmp(call_name(ring, record->call), "start") == 0) {
        json_decref(why);
        add_names(arguments, record);
        return arguments;
    }
    format_call(call_name(ring, record->call), record, call, sizeof call);
    format_result(record, result, sizeof result);
    format_address(record, address, sizeof address);
    add(arguments, "call", json_string(call));
    add(arguments, "result", json_string(result));
    if (address[0])
        add(arguments, "address", json_string(address));
    if (told->repeats.count)
        add(arguments, "times", json_integer((json_int_t)told->repeats.count + 1));
    if (record->kernel_error)
        add(arguments, "kernel", json_string(error_name(record->kernel_error)));
    for (int i = 0; i < 2; i++)
        if (record->key[i])
            json_array_append_new(why, json_string(key_name(ring, record->key[i])));
    if (json_array_size(why))
        add(arguments, "why", json_incref(why));
    json_decref(why);
    return arguments;
}

static const char *category_of(const struct record *record)
{
    return record->result < 0 ? "failed" : record->key[0] || record->key[1] ? "changed" : "call";
}

static void put_call(struct trace *trace, const struct told *told)
{
    const struct record *record = &told->record;
    const struct ring *ring = &trace->view->ring;
    put(trace, json_pack("{s:s, s:s, s:s, s:s, s:f, s:I, s:I, s:o}", "name", call_name(ring, record->call), "cat",
                         category_of(record), "ph", "i", "s", "t", "ts", moment(trace, record->time_ns), "pid",
                         (json_int_t)record->pid, "tid", (json_int_t)record->tid, "args", arguments_of(ring, told)));
}

static void put_note(struct trace *trace, const struct record *record)
{
    char text[4 * RECORD_ADDRESS + 1];
    size_t length;
    const char *said = note_text(record, &length);
    visible_copy(text, sizeof text, said, length, VISIBLE_TEXT);
    put(trace,
        json_pack("{s:s, s:s, s:s, s:s, s:f, s:I, s:I}", "name", text, "cat", "note", "ph", "i", "s", "p", "ts",
                  moment(trace, record->time_ns), "pid", (json_int_t)record->pid, "tid", (json_int_t)record->tid));
}

static void put_calls(struct trace *trace)
{
    const struct events *events = &trace->view->events;
    for (size_t i = 0; i < events->count; i++) {
        const struct record *record = &events->events[i].record;
        const char *name = call_name(&trace->view->ring, record->call);
        if (!trace->selected[i])
            continue;
        if (is_note(name))
            put_note(trace, record);
        else if (strcmp(name, "queue") != 0)
            put_call(trace, &events->events[i]);
    }
}

/* --- queues --- */

static void put_count(struct trace *trace, const struct listener *listener, uint64_t ns, uint64_t waiting,
                      uint64_t capacity)
{
    char name[LISTENER_ADDRESS + 32];
    snprintf(name, sizeof name, "queue of %s", listener->address);
    put(trace, json_pack("{s:s, s:s, s:f, s:I, s:{s:I, s:I}}", "name", name, "ph", "C", "ts", moment(trace, ns), "pid",
                         (json_int_t)listener->pid, "args", "waiting", (json_int_t)waiting, "room",
                         (json_int_t)(capacity > waiting ? capacity - waiting : 0)));
}

static void put_counts(struct trace *trace, const struct listener *listener)
{
    static struct series series;
    const struct ring *ring = &trace->view->ring;
    series_read(&series, ring, ring_listener(ring, listener->place), listener->since_ns);
    for (size_t i = 0; i < series.count; i++)
        put_count(trace, listener, series.spans[i].from_ns, series.spans[i].waited, series.spans[i].holds);
}

static void put_slice(struct trace *trace, const struct listener *listener, const struct full *full,
                      const struct record *record)
{
    json_t *arguments = json_object();
    if (record) {
        add(arguments, "waited", json_integer(record->asked));
        add(arguments, overflow_word(full->overflow), json_integer(full->clients));
    }
    bool is_full = !record || record->flags & RECORD_FULL;
    put(trace, json_pack("{s:s, s:s, s:s, s:f, s:f, s:I, s:I, s:o}", "name", is_full ? "full" : "overflowed", "cat",
                         "queue", "ph", "X", "ts", moment(trace, full->from_ns), "dur",
                         (double)(full->to_ns > full->from_ns ? full->to_ns - full->from_ns : 0) / 1000, "pid",
                         (json_int_t)listener->pid, "tid", (json_int_t)(TRACK_OF_QUEUES + listener->place), "args",
                         arguments));
}

static void put_slices(struct trace *trace, const struct listener *listener)
{
    const struct view *view = trace->view;
    for (size_t i = 0; i < view->events.count; i++) {
        const struct record *record = &view->events.events[i].record;
        const struct full full = full_of(record);
        if (trace->selected[i] && strcmp(call_name(&view->ring, record->call), "queue") == 0 &&
            view_listener_of(view, &view->events.events[i]) == listener)
            put_slice(trace, listener, &full, record);
    }
    const struct full still = {.from_ns = listener->depth.full_since_ns, .to_ns = view->until_ns};
    if (still.from_ns)
        put_slice(trace, listener, &still, NULL);
}

static void put_listener(struct trace *trace, const struct listener *listener)
{
    char name[LISTENER_ADDRESS + 32];
    snprintf(name, sizeof name, "full queue of %s", listener->address);
    if (listener->depth.samples)
        put_name(trace, "thread_name", listener->pid, TRACK_OF_QUEUES + listener->place, name);
    put_counts(trace, listener);
    put_slices(trace, listener);
}

/* --- all --- */

static void put_processes(struct trace *trace)
{
    const struct processes *processes = &trace->view->processes;
    for (size_t i = 0; i < processes->count; i++)
        put_name(trace, "process_name", processes->processes[i].pid, processes->processes[i].pid,
                 processes->processes[i].program);
}

/* For each event whether it is selected; the caller frees it. NULL without memory. */
static bool *select_events(const struct view *view, struct context *context, struct callers *callers,
                           const struct selection *selection)
{
    static struct subject_room room;
    const struct subjects subjects = {&view->ring, context, callers};
    bool *selected = calloc(view->events.count + 1, sizeof *selected);
    for (size_t i = 0; selected && i < view->events.count; i++) {
        const struct told *told = &view->events.events[i];
        context_learn(context, &view->ring, &told->record);
        const struct subject subject = subject_of_told(&subjects, selection, told, &room);
        selected[i] = select_matches(selection, &subject);
    }
    return selected;
}

/* By what all calls of a listener have in common. */
static bool is_selected(const struct view *view, const struct context *context, const struct selection *selection,
                        const struct listener *listener)
{
    static struct subject_room room;
    struct record made = listener->made;
    made.pid = listener->pid;
    made.fd = listener->fd;
    const struct subject subject = context_subject(context, &view->ring, &made, &(struct repeats){0}, &room);
    return select_matches_listener(selection, &subject);
}

static bool put_events(const struct view *view, const bool *selected, const struct context *context,
                       const struct selection *selection)
{
    struct trace trace = {.view = view, .selected = selected};
    const struct missing *missing = view->events.missing;
    char profile[4 * sizeof view->ring.header->profile + 1];
    visible_copy(profile, sizeof profile, view->ring.header->profile,
                 strnlen(view->ring.header->profile, sizeof view->ring.header->profile), VISIBLE_TEXT);
    json_t *other = json_pack("{s:s, s:I, s:I}", "profile", profile, "began_ns", (json_int_t)view->from_ns,
                              "overwritten_calls", (json_int_t)missing[GAP_OVERWRITTEN].count);
    printf("{\"displayTimeUnit\":\"ms\",\"otherData\":");
    trace.failed = !other || json_dumpf(other, stdout, JSON_COMPACT) != 0;
    json_decref(other);
    printf(",\"traceEvents\":[\n");
    put_processes(&trace);
    put_calls(&trace);
    for (size_t i = 0; i < view->listener_count; i++)
        if (is_selected(view, context, selection, &view->listeners[i]))
            put_listener(&trace, &view->listeners[i]);
    printf("\n]}\n");
    return !trace.failed;
}

static bool put_trace(const struct view *view, const struct selection *selection)
{
    struct context context;
    struct callers callers = {0};
    context_begin(&context, &view->ring);
    bool *selected = select_events(view, &context, &callers, selection);
    bool is_whole = selected && put_events(view, selected, &context, selection);
    free(selected);
    callers_forget(&callers);
    context_end(&context);
    return is_whole;
}

int export_chrome(const struct export_choice *choice)
{
    char path[PATH_MAX];
    struct view view;
    int status = choose_server(choice->what, path, sizeof path);
    if (status)
        return status;
    const char *fault = view_read(&view, path);
    if (fault) {
        say("%s: %s", path, fault);
        return STATUS_USAGE;
    }
    bool is_whole = put_trace(&view, &choice->selection);
    view_free(&view);
    if (!is_whole)
        say("cannot write the trace");
    return is_whole ? 0 : STATUS_OWN;
}
