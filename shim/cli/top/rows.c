#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include "../grow.h"

const char *sort_word(enum sort sort)
{
    static const char *const words[SORTS] = {
        [SORT_QUEUE] = "queue",       [SORT_ADDRESS] = "address", [SORT_PROGRAM] = "program",
        [SORT_ACCEPTED] = "accepted", [SORT_FAILED] = "failed",   [SORT_OVERFLOW] = "overflow",
    };
    return words[sort];
}

double row_share(const struct row *row)
{
    const struct depth *depth = &row->listener->depth;
    return depth->source == DEPTH_UNKNOWN || !depth->capacity ? 0 : (double)depth->waiting / depth->capacity;
}

static bool is_shown(const struct view *view, const struct live_ring *ring, const struct listener *listener)
{
    if (!listener->seen || (!view->shows_ended && !live_listens(ring, listener)))
        return false;
    return !view->filter[0] || strcasestr(listener->address, view->filter) ||
           strcasestr(listener->program, view->filter) || strcasestr(listener->profile, view->filter);
}

/* --- order --- */

static int more_first(double a, double b)
{
    return (a < b) - (a > b);
}

static int compare(const struct row *a, const struct row *b, enum sort sort)
{
    switch (sort) {
    case SORT_ADDRESS:
        return strverscmp(a->listener->address, b->listener->address);
    case SORT_PROGRAM:
        return strcmp(a->listener->program, b->listener->program);
    case SORT_ACCEPTED:
        return more_first(a->rates.accepted, b->rates.accepted);
    case SORT_FAILED:
        return more_first(a->rates.failed, b->rates.failed);
    case SORT_OVERFLOW:
        return more_first(a->rates.over, b->rates.over);
    default:
        return more_first(row_share(a), row_share(b));
    }
}

/* Rows that are equal keep their places from one reading to the next. */
static int in_order(const void *one, const void *other, void *context)
{
    const struct row *a = one, *b = other;
    const struct view *view = context;
    int order = compare(a, b, view->sort);
    if (view->is_reversed)
        order = -order;
    if (!order)
        order = compare(a, b, SORT_ADDRESS);
    if (!order)
        order = (a->listener->pid > b->listener->pid) - (a->listener->pid < b->listener->pid);
    return order ? order : (a->listener->fd > b->listener->fd) - (a->listener->fd < b->listener->fd);
}

/* --- filling --- */

static bool add(struct rows *rows, const struct live_ring *ring, const struct listener *listener)
{
    struct row *row;
    if (!grow(&rows->of, rows->count, &rows->room, sizeof *row))
        return false;
    row = &rows->of[rows->count++];
    *row = (struct row){.ring = ring, .listener = listener};
    row->has_rates = listener_rates(listener, &row->rates);
    rows->total.accepted += row->rates.accepted;
    rows->total.failed += row->rates.failed;
    rows->total.over += row->rates.over;
    return true;
}

bool rows_fill(struct rows *rows, const struct live *live, const struct view *view)
{
    struct view order = *view;
    rows->count = rows->servers = rows->unreadable = 0;
    rows->total = (struct rates){0};
    for (size_t i = 0; i < live->rings.count; i++) {
        const struct live_ring *ring = live->rings.of[i];
        rows->servers += ring->lives;
        rows->unreadable += ring->fault != NULL;
        for (size_t j = 0; j < ring->count; j++)
            if (is_shown(view, ring, &ring->listeners[j]) && !add(rows, ring, &ring->listeners[j]))
                return false;
    }
    if (rows->count)
        qsort_r(rows->of, rows->count, sizeof *rows->of, in_order, &order);
    return true;
}

void rows_free(struct rows *rows)
{
    free(rows->of);
    *rows = (struct rows){0};
}
