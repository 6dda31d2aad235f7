#include "view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../profile/loader/visible.h"
#include "../../ring/settings.h"
#include "../log/names.h"
#include "snapshot.h"

static int by_since(const void *one, const void *other)
{
    const struct listener *a = one, *b = other;
    return (a->since_ns > b->since_ns) - (a->since_ns < b->since_ns);
}

static bool read_listeners(struct view *view)
{
    const uint32_t places = view->ring.tables[TABLE_LISTENERS].entries;
    view->listeners = calloc(places + (size_t)1, sizeof *view->listeners);
    if (!view->listeners)
        return false;
    for (uint32_t place = 1; place <= places; place++)
        if (listener_read(&view->listeners[view->listener_count], &view->ring, place, 0))
            view->listener_count++;
    qsort(view->listeners, view->listener_count, sizeof *view->listeners, by_since);
    return true;
}

static void be_until(struct view *view, uint64_t ns)
{
    if (ns > view->until_ns)
        view->until_ns = ns;
}

static void find_end(struct view *view)
{
    view->from_ns = view->until_ns = view->ring.header->born_ns;
    for (size_t i = 0; i < view->events.count; i++) {
        be_until(view, view->events.events[i].record.time_ns);
        if (view->events.events[i].repeats.count)
            be_until(view, view->events.events[i].repeats.last_ns);
    }
    for (size_t i = 0; i < view->listener_count; i++)
        be_until(view, view->listeners[i].last_call_ns);
}

static const struct listener *find_listener(const struct view *view, const struct record *record)
{
    const char *name = call_name(&view->ring, record->call);
    if (!is_accept(name) && strcmp(name, "queue") != 0)
        return NULL;
    for (size_t i = view->listener_count; i > 0; i--) {
        const struct listener *listener = &view->listeners[i - 1];
        if (listener->fd == record->fd && listener->since_ns <= record->time_ns &&
            process_descends(&view->processes, record->pid, listener->pid, record->time_ns))
            return listener;
    }
    return NULL;
}

static bool find_listeners(struct view *view)
{
    view->of_event = calloc(view->events.count + 1, sizeof *view->of_event);
    for (size_t i = 0; view->of_event && i < view->events.count; i++)
        view->of_event[i] = find_listener(view, &view->events.events[i].record);
    return view->of_event != NULL;
}

const char *view_read(struct view *view, const char *path)
{
    *view = (struct view){0};
    const char *fault = snapshot_of_file(&view->ring, path);
    if (fault)
        return fault;
    if (!events_read(&view->events, &view->ring) || !processes_read(&view->processes, &view->ring, &view->events) ||
        !read_listeners(view) || !find_listeners(view)) {
        view_free(view);
        return strerror(ENOMEM);
    }
    find_end(view);
    return NULL;
}

void view_free(struct view *view)
{
    free(view->of_event);
    free(view->listeners);
    processes_free(&view->processes);
    events_free(&view->events);
    snapshot_free(&view->ring);
    *view = (struct view){0};
}

bool is_accept(const char *name)
{
    return strcmp(name, "accept") == 0 || strcmp(name, "accept4") == 0;
}

const char *view_profile_of(const struct view *view, const struct record *record)
{
    static char name[sizeof view->ring.header->profile * 4 + 1];
    const struct seen_process *process = process_at(&view->processes, record->pid, record->time_ns);
    const struct ring_header *header = view->ring.header;
    if (process && process->profile[0])
        return process->profile;
    visible_copy(name, sizeof name, header->profile, strnlen(header->profile, sizeof header->profile), VISIBLE_TEXT);
    return name;
}

int32_t view_settings_of(const struct view *view, const struct record *record)
{
    const struct seen_process *process = process_at(&view->processes, record->pid, record->time_ns);
    return process ? process->settings : SETTINGS_NO_PLACE;
}
