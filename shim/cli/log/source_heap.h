/*
 * The sources that have something to tell, by its time: a binary heap, whose top is the earliest.
 */
#ifndef LISTENAS_CLI_LOG_SOURCE_HEAP_H
#define LISTENAS_CLI_LOG_SOURCE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

struct source_heap {
    struct source **of;
    size_t count, room;
};

/* When what a source tells next was: the order of the heap. */
uint64_t source_time(const struct source *source);

/* Makes room for `room` sources in all. False without memory. */
bool heap_reserve(struct source_heap *heap, size_t room);

/* Adds a source that has something to tell. There must be room. */
void heap_add(struct source_heap *heap, struct source *source);

/* Puts the top where it belongs now that it has something else to tell. */
void heap_sink(struct source_heap *heap);

/* Removes the top. */
void heap_drop(struct source_heap *heap);

void heap_free(struct source_heap *heap);

#endif
