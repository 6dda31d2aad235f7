/*
 * The pictures of `top`.
 */
#ifndef LISTENAS_CLI_TOP_DRAW_H
#define LISTENAS_CLI_TOP_DRAW_H

#include "rows.h"

/* What the pictures are made from. */
struct picture {
    const struct live *live;
    const struct rows *rows;
    const struct view *view;
    size_t selected, first; /* rows */
    double seconds;         /* between two readings */
    bool is_paused;
    bool is_typing; /* the filter */
};

/* How many listeners fit on the screen below the heads. */
int draw_room(void);

void draw_list(const struct picture *picture);

/* One listener; NULL if it is gone. */
void draw_listener(const struct picture *picture, const struct row *row);

void draw_help(void);

#endif
