/*
 * How `stat` prints listeners.
 */
#ifndef LISTENAS_CLI_STAT_PRINT_H
#define LISTENAS_CLI_STAT_PRINT_H

#include "../live/live.h"

typedef void (*listener_print)(const struct live *live, const struct live_ring *ring, const struct listener *listener);

/*
 * Calls `print` for each listener of the choice: those that listen, and where ended ones are chosen, all. Returns how
 * many there are.
 */
size_t print_each(const struct live *live, listener_print print);

/* A paragraph: all that is known. */
void print_paragraph(const struct live *live, const struct live_ring *ring, const struct listener *listener);

/* A line of a table whose head is print_head. */
void print_line(const struct live *live, const struct live_ring *ring, const struct listener *listener);
void print_head(void);

/* One JSON object on a line. */
void print_json(const struct live *live, const struct live_ring *ring, const struct listener *listener);

#endif
