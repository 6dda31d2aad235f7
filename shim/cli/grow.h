/*
 * An array that grows.
 */
#ifndef LISTENAS_CLI_GROW_H
#define LISTENAS_CLI_GROW_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes room for one more entry of `size` bytes after the `count` that are there, in the memory that `*array` points to
 * (NULL for none); `*room` is how many fit. Returns false, and changes nothing, if there is no memory.
 */
bool grow(void *array, size_t count, size_t *room, size_t size);

#endif
