/*
 * What a cursor finds in the ring, and in which order. Only for cursor.c.
 */
#ifndef LISTENAS_RING_CURSOR_LOOK_H
#define LISTENAS_RING_CURSOR_LOOK_H

#include "cursor.h"

/* What an entry is of; beyond ENTRY_KEPT, of the kept record in that place. */
enum cursor_entry_kind { ENTRY_RECORD, ENTRY_UNFINISHED, ENTRY_DAMAGED, ENTRY_KEPT };

/* Adds an entry, where cursor_sort will find it. None is left out but in a file that somebody plays with. */
void cursor_add(struct cursor *cursor, const struct cursor_entry *entry);

/* By epoch, time and number; all are ready then. */
void cursor_sort(struct cursor *cursor);

#endif
