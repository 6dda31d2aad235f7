/*
 * A ring as it was at one moment, for whoever tells of all of it at once.
 */
#ifndef LISTENAS_CLI_VIEW_VIEW_H
#define LISTENAS_CLI_VIEW_VIEW_H

#include "../live/listener.h"
#include "events.h"
#include "processes.h"

struct view {
    struct ring ring; /* a copy */
    struct events events;
    struct processes processes;
    struct listener *listeners; /* by the time when they were made */
    size_t listener_count;
    const struct listener **of_event; /* for each event view_listener_of */
    uint64_t from_ns, until_ns;       /* when the ring was made, and the last time in it */
};

/* Reads the ring at a path. Returns NULL, or what is wrong with it; then there is nothing to free. */
const char *view_read(struct view *view, const char *path);

void view_free(struct view *view);

/*
 * The listener that an event of accept, or of a queue, is about: the one with this descriptor, in the process that
 * listens or one that descends from it, that was made last before it. NULL if the ring does not know it, or for another
 * call. `event` is one of the view's.
 */
static inline const struct listener *view_listener_of(const struct view *view, const struct told *event)
{
    return view->of_event[event - view->events.events];
}

/* The name of the profile that a record's process was under. */
const char *view_profile_of(const struct view *view, const struct record *record);

/* The number of the settings of a record's process, for ring_settings. */
int32_t view_settings_of(const struct view *view, const struct record *record);

/* Whether a call is of accept or accept4. */
bool is_accept(const char *name);

#endif
