/*
 * The listeners that `top` shows, in the order in which it shows them. Pure functions of what was read.
 */
#ifndef LISTENAS_CLI_TOP_ROWS_H
#define LISTENAS_CLI_TOP_ROWS_H

#include "../live/live.h"

#define FILTER_SIZE 48

enum sort { SORT_QUEUE, SORT_ADDRESS, SORT_PROGRAM, SORT_ACCEPTED, SORT_FAILED, SORT_OVERFLOW, SORTS };

struct row {
    const struct live_ring *ring;
    const struct listener *listener;
    struct rates rates;
    bool has_rates;
};

struct view {
    enum sort sort;
    bool is_reversed;
    bool shows_ended;         /* listeners that do not listen any more, too */
    char filter[FILTER_SIZE]; /* what an address, program or platform must hold; empty: anything */
};

struct rows {
    struct row *of;
    size_t count, room;
    size_t servers;     /* rings that live */
    size_t unreadable;  /* rings */
    struct rates total; /* of the rows */
};

/* Fills in the rows. Returns false if there is no memory. */
bool rows_fill(struct rows *rows, const struct live *live, const struct view *view);

void rows_free(struct rows *rows);

/* What the rows are sorted by, in words. */
const char *sort_word(enum sort sort);

/* How full its queue is, from 0 to 1; 0 if that is not known. */
double row_share(const struct row *row);

#endif
