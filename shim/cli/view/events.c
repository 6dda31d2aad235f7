#include "events.h"

#include <stdlib.h>

#include "../grow.h"

static void add_gap(struct missing *all, const struct missing *gap)
{
    if (all->count == 0)
        all->from_ns = gap->from_ns;
    all->count += gap->count;
    all->to_ns = gap->to_ns;
}

static bool read_all(struct events *events, struct cursor *cursor)
{
    enum cursor_answer answer;
    struct told told;
    while ((answer = cursor_next(cursor, &told)) != CURSOR_END) {
        if (answer == CURSOR_GAP)
            add_gap(&events->missing[told.gap], &told.missing);
        if (answer != CURSOR_RECORD)
            continue;
        if (!grow(&events->events, events->count, &events->room, sizeof *events->events))
            return false;
        events->events[events->count++] = told;
    }
    return true;
}

bool events_read(struct events *events, const struct ring *ring)
{
    struct cursor cursor;
    *events = (struct events){0};
    if (cursor_open(&cursor, ring, CURSOR_ONCE) != 0)
        return false;
    bool is_read = read_all(events, &cursor);
    cursor_close(&cursor);
    if (!is_read)
        events_free(events);
    return is_read;
}

void events_free(struct events *events)
{
    free(events->events);
    *events = (struct events){0};
}
