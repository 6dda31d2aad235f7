#include "events.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../log/callform.h"
#include "../log/names.h"
#include "guard.h"

/*
 * Whether an event is the listener's. Who accepts may be a child of the process that listened: the descriptor is the
 * same then.
 */
static bool is_of(const struct listener *listener, const struct record *record)
{
    return listener->seen && listener->fd == record->fd && listener->since_ns <= record->time_ns;
}

static struct listener *listener_of(struct live_ring *ring, const struct record *record)
{
    struct listener *found = NULL;
    for (size_t i = 0; i < ring->count; i++) {
        struct listener *listener = &ring->listeners[i];
        if (!is_of(listener, record))
            continue;
        if (listener->pid == record->pid)
            return listener;
        if (!found || listener->listens)
            found = listener;
    }
    return found;
}

/* EAGAIN of the kernel only says that nobody waits. */
static bool is_failure(const struct record *record)
{
    return record->given_error && (record->given_error != EAGAIN || record->flags & RECORD_NOT_CALLED);
}

static void take(struct live_ring *ring, const struct told *told)
{
    const struct record *record = &told->record;
    uint64_t at_ns = told->repeats.count ? told->repeats.last_ns : record->time_ns;
    char name[CALL_NAME_SIZE + 1], call[56], result[32];
    struct listener *listener = is_failure(record) ? listener_of(ring, record) : NULL;
    if (!listener || at_ns < listener->last.at_ns)
        return;
    snprintf(name, sizeof name, "%.*s", CALL_NAME_SIZE, call_name(&ring->ring, record->call));
    format_call(name, record, call, sizeof call);
    format_result(record, result, sizeof result);
    listener->last = (struct last_failure){.at_ns = at_ns};
    snprintf(listener->last.text, sizeof listener->last.text, "%s = %s", call, result);
}

static bool has_failed(const struct listener *listener)
{
    uint64_t again = 0;
    for (int i = 0; i < LISTENER_ERRORS; i++)
        if (listener->errors[i].error == EAGAIN)
            again += listener->errors[i].count;
    return listener->counts.failed > again;
}

void events_follow(struct live_ring *ring)
{
    struct told told;
    enum cursor_answer answer;
    bool is_wanted = ring->is_followed;
    for (size_t i = 0; !is_wanted && i < ring->count; i++)
        is_wanted = ring->listeners[i].seen && has_failed(&ring->listeners[i]);
    if (!is_wanted)
        return;
    if (ring->is_followed)
        cursor_look(&ring->cursor);
    else if (cursor_open(&ring->cursor, &ring->ring, CURSOR_POLL) != 0)
        return;
    ring->is_followed = true;
    while ((answer = cursor_next(&ring->cursor, &told)) != CURSOR_END)
        if (answer != CURSOR_GAP)
            take(ring, &told);
}

/* --- the last events of one --- */

struct collection {
    struct cursor cursor;
    bool is_open;
    const struct ring *ring;
    const struct listener *listener;
    struct told *events; /* the newest `most` of `count`, as a circle */
    size_t most, count;
};

static void collect(void *context)
{
    struct collection *all = context;
    struct told told;
    enum cursor_answer answer;
    all->is_open = cursor_open(&all->cursor, all->ring, CURSOR_ONCE) == 0;
    while (all->is_open && (answer = cursor_next(&all->cursor, &told)) != CURSOR_END)
        if (answer == CURSOR_RECORD && is_of(all->listener, &told.record))
            all->events[all->count++ % all->most] = told;
}

/* Turns a circle so that its oldest entry comes first. */
static void straighten(struct told *events, size_t count, size_t first)
{
    for (size_t turn = 0; turn < first; turn++) {
        struct told oldest = events[0];
        memmove(events, events + 1, (count - 1) * sizeof *events);
        events[count - 1] = oldest;
    }
}

size_t live_events(const struct live_ring *ring, const struct listener *listener, struct told *events, size_t most)
{
    struct collection all = {.ring = &ring->ring, .listener = listener, .events = events, .most = most};
    bool is_whole = most > 0 && !ring->fault && guard_run(collect, &all);
    if (all.is_open)
        cursor_close(&all.cursor);
    if (!is_whole)
        return 0;
    if (all.count > most)
        straighten(events, most, all.count % most);
    return all.count < most ? all.count : most;
}
