#include "metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../api/listenas.h"
#include "../../profile/loader/visible.h"
#include "../clock.h"
#include "../live/guard.h"
#include "../log/names.h"
#include "../select/address.h"

/* A listener that is told of. */
struct row {
    const struct live_ring *ring;
    const struct listener *listener;
};

struct rows {
    struct row rows[METRICS_LISTENERS_MOST];
    size_t count, left_out;
};

/* --- which listeners --- */

/*
 * The labels must tell all of them apart: of two that are the same, such as a socket that was closed and made again,
 * the later one is told.
 */
static bool is_same(const struct listener *one, const struct listener *other)
{
    return one->pid == other->pid && one->fd == other->fd && strcmp(one->address, other->address) == 0 &&
           strcmp(one->program, other->program) == 0 && strcmp(one->profile, other->profile) == 0;
}

static void add(struct rows *rows, const struct live_ring *ring, const struct listener *listener)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct row *row = &rows->rows[i];
        if (!is_same(row->listener, listener))
            continue;
        if (row->listener->since_ns < listener->since_ns)
            *row = (struct row){ring, listener};
        return;
    }
    if (rows->count < METRICS_LISTENERS_MOST)
        rows->rows[rows->count++] = (struct row){ring, listener};
    else
        rows->left_out++;
}

static bool is_selected(const struct selection *selection, const struct listener *listener)
{
    const size_t length =
        listener->made.address_length < RECORD_ADDRESS ? listener->made.address_length : RECORD_ADDRESS;
    const struct subject subject = {.call = "listen",
                                    .is_call = true,
                                    .fd = listener->fd,
                                    .pid = listener->pid,
                                    .program = listener->program,
                                    .profile = listener->profile,
                                    .keys = {"", ""},
                                    .address = select_address_of(listener->made.address, length)};
    return select_matches_listener(selection, &subject);
}

static void find_rows(struct rows *rows, const struct live *live, const struct selection *selection)
{
    for (size_t i = 0; i < live->rings.count; i++)
        for (size_t j = 0; j < live->rings.of[i]->count; j++) {
            const struct listener *listener = &live->rings.of[i]->listeners[j];
            if (listener->seen && (live->rings.choice.ended || live_listens(live->rings.of[i], listener)) &&
                is_selected(selection, listener))
                add(rows, live->rings.of[i], listener);
        }
}

/* --- the format: https://prometheus.io/docs/instrumenting/exposition_formats/ --- */

static void put_label_value(FILE *file, const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            fputs("\\n", file);
        else if (*text == '"' || *text == '\\')
            fprintf(file, "\\%c", *text);
        else
            fputc(*text, file);
    }
}

/* A value must be UTF-8; what is not comes out as \xNN. */
static void put_label(FILE *file, const char *before, const char *name, const char *value)
{
    char visible[1024];
    visible_copy(visible, sizeof visible, value, strlen(value), VISIBLE_TEXT);
    fprintf(file, "%s%s=\"", before, name);
    put_label_value(file, visible);
    fputc('"', file);
}

static void put_head(FILE *file, const char *name, const char *type, const char *help)
{
    fprintf(file, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* The beginning of a sample: its name and all labels but the closing brace. */
static void put_row(FILE *file, const char *name, const struct row *row)
{
    char number[24];
    fputs(name, file);
    put_label(file, "{", "program", row->listener->program);
    snprintf(number, sizeof number, "%u", row->listener->pid);
    put_label(file, ",", "pid", number);
    put_label(file, ",", "listener", row->listener->address);
    snprintf(number, sizeof number, "%d", row->listener->fd);
    put_label(file, ",", "fd", number);
    put_label(file, ",", "profile", row->listener->profile);
}

/* --- one number of each listener --- */

/* False where it is not known. In nanoseconds where `is_time`. */
typedef bool (*metric_get)(const struct listener *listener, uint64_t *value);

static bool get_accepted(const struct listener *listener, uint64_t *value)
{
    *value = listener->counts.accepted;
    return true;
}

static bool get_waiting(const struct listener *listener, uint64_t *value)
{
    *value = listener->depth.waiting;
    return listener->depth.source != DEPTH_UNKNOWN;
}

static bool get_capacity(const struct listener *listener, uint64_t *value)
{
    *value = listener->depth.capacity;
    return listener->depth.capacity > 0;
}

static bool get_highest(const struct listener *listener, uint64_t *value)
{
    *value = listener->depth.highest;
    return listener->depth.samples > 0;
}

static bool get_full(const struct listener *listener, uint64_t *value)
{
    *value = listener->depth.full_times;
    return listener->depth.samples > 0;
}

static bool get_looks(const struct listener *listener, uint64_t *value)
{
    *value = listener->depth.samples;
    return true;
}

/* What became of clients at a full queue: by the refuser, if it answers for the listener. */
static bool get_turned_away(const struct listener *listener, enum overflow overflow, uint64_t *value)
{
    *value = listener_over(listener, &listener->counts);
    return listener->overflow == overflow && (listener->tells || listener->depth.source != DEPTH_UNKNOWN);
}

static bool get_refused(const struct listener *listener, uint64_t *value)
{
    return get_turned_away(listener, OVERFLOW_REFUSES, value);
}

static bool get_reset(const struct listener *listener, uint64_t *value)
{
    return get_turned_away(listener, OVERFLOW_RESETS, value);
}

static bool get_dropped(const struct listener *listener, uint64_t *value)
{
    *value = listener->counts.dropped;
    return listener->depth.source != DEPTH_UNKNOWN;
}

static bool get_waited(const struct listener *listener, uint64_t *value)
{
    *value = listener->depth.waited_ms * CLOCK_MILLISECOND;
    return listener->depth.waited_most_ms > 0;
}

static bool get_waited_most(const struct listener *listener, uint64_t *value)
{
    *value = listener->depth.waited_most_ms * CLOCK_MILLISECOND;
    return listener->depth.waited_most_ms > 0;
}

static bool get_since(const struct listener *listener, uint64_t *value)
{
    *value = listener->since_ns;
    return true;
}

static bool get_last(const struct listener *listener, uint64_t *value)
{
    *value = listener->last_call_ns;
    return listener->last_call_ns > 0;
}

static const struct metric {
    const char *name, *type, *help;
    metric_get get;
    bool is_time;
} metrics[] = {
    {"listenas_accepted_total", "counter", "Connections that accept and accept4 gave.", get_accepted, false},
    {"listenas_queue_length", "gauge", "Connections that wait to be accepted.", get_waiting, false},
    {"listenas_queue_capacity", "gauge", "Connections that the queue holds.", get_capacity, false},
    {"listenas_queue_highest", "gauge", "The most connections that were seen to wait.", get_highest, false},
    {"listenas_queue_full_total", "counter", "How often the queue was seen to become full.", get_full, false},
    {"listenas_queue_looks_total", "counter", "How often the library looked at the queue (record.queue_samples).",
     get_looks, false},
    {"listenas_clients_refused_total", "counter", "Clients that met a full queue and were refused.", get_refused,
     false},
    {"listenas_clients_reset_total", "counter", "Clients that met a full queue and were reset.", get_reset, false},
    {"listenas_syns_dropped_total", "counter",
     "SYNs that the kernel dropped at a full queue; those of clients that the refuser answered are among them.",
     get_dropped, false},
    {"listenas_queue_wait_seconds", "gauge",
     "How long the connection at which the library looked last waited to be accepted.", get_waited, true},
    {"listenas_queue_wait_longest_seconds", "gauge",
     "The longest that a connection at which the library looked waited to be accepted.", get_waited_most, true},
    {"listenas_listener_created_timestamp_seconds", "gauge", "When the socket was bound, or listened.", get_since,
     true},
    {"listenas_accept_last_timestamp_seconds", "gauge", "When accept was called last.", get_last, true},
};

static void put_metric(FILE *file, const struct metric *metric, const struct rows *rows)
{
    uint64_t value;
    put_head(file, metric->name, metric->type, metric->help);
    for (const struct row *row = rows->rows; row < rows->rows + rows->count; row++) {
        if (!metric->get(row->listener, &value))
            continue;
        put_row(file, metric->name, row);
        if (metric->is_time)
            fprintf(file, "} %" PRIu64 ".%03u\n", value / CLOCK_SECOND,
                    (unsigned int)(value / CLOCK_MILLISECOND % 1000u));
        else
            fprintf(file, "} %" PRIu64 "\n", value);
    }
}

/* --- several numbers of each listener --- */

static void put_errors(FILE *file, const struct rows *rows)
{
    static const char name[] = "listenas_accept_errors_total";
    put_head(file, name, "counter", "Calls of accept and accept4 that failed, by errno.");
    for (const struct row *row = rows->rows; row < rows->rows + rows->count; row++)
        for (int i = 0; i < LISTENER_ERRORS; i++) {
            const struct listener_error *error = &row->listener->errors[i];
            if (error->count == 0)
                continue;
            put_row(file, name, row);
            put_label(file, ",", "errno", error->error ? error_name(error->error) : "other");
            fprintf(file, "} %" PRIu64 "\n", error->count);
        }
}

/* --- rings --- */

struct lost {
    const struct ring *ring;
    uint64_t calls;
};

static void count_lost(void *context)
{
    struct lost *lost = context;
    lost->calls = ring_lost(lost->ring);
}

static void put_rings(FILE *file, const struct live *live)
{
    const size_t count = live->rings.count < METRICS_RINGS_MOST ? live->rings.count : METRICS_RINGS_MOST;
    static const char lost_name[] = "listenas_ring_overwritten_calls_total";
    put_head(file, lost_name, "counter", "Recorded calls that newer ones have overwritten.");
    for (size_t i = 0; i < count; i++) {
        struct lost lost = {.ring = &live->rings.of[i]->ring};
        if (live->rings.of[i]->fault || !guard_run(count_lost, &lost))
            continue;
        fputs(lost_name, file);
        put_label(file, "{", "ring", live->rings.of[i]->path);
        fprintf(file, "} %" PRIu64 "\n", lost.calls);
    }
    put_head(file, "listenas_ring_processes", "gauge", "Processes that write to the ring.");
    for (size_t i = 0; i < count; i++) {
        fputs("listenas_ring_processes", file);
        put_label(file, "{", "ring", live->rings.of[i]->path);
        fprintf(file, "} %zu\n", live->rings.of[i]->writers);
    }
}

static void put_self(FILE *file, const struct rows *rows)
{
    put_head(file, "listenas_build_info", "gauge", "The version of listenas that tells this.");
    fprintf(file, "listenas_build_info{version=\"" LISTENAS_VERSION "\"} 1\n");
    put_head(file, "listenas_listeners_left_out", "gauge", "Listeners that are not told of: there are too many.");
    fprintf(file, "listenas_listeners_left_out %zu\n", rows->left_out);
}

char *metrics_text(const struct live *live, const struct selection *selection, size_t *size)
{
    char *text = NULL;
    struct rows *rows = calloc(1, sizeof *rows);
    FILE *file = rows ? open_memstream(&text, size) : NULL;
    if (file) {
        find_rows(rows, live, selection);
        put_self(file, rows);
        for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
            put_metric(file, &metrics[i], rows);
        put_errors(file, rows);
        put_rings(file, live);
        if (fclose(file) != 0) {
            free(text);
            text = NULL;
        }
    }
    free(rows);
    return text;
}
