/*
 * Memory for arguments, some of which a program should not pass.
 */
#ifndef LISTENAS_FUZZ_MEMORY_H
#define LISTENAS_FUZZ_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "plan.h"

/* More than any argument needs. */
#define MEMORY_ROOM 512

/* What stands where nothing was written. */
#define MEMORY_FILL 0xa5

/* A place for one argument; what is on the stack must be in the frame of the one who makes the call. */
struct memory {
    char stack[MEMORY_ROOM];
    char *at; /* what to pass */
    size_t size;
    bool can_be_read;
};

/* Maps what every place is taken from. Ends the process where that fails. */
void memory_begin(void);

/*
 * Makes a place of this kind for an argument of `size` bytes, MEMORY_ROOM at most, with these bytes in it (NULL: none).
 * `index` tells the arguments of one call apart, 0 or 1.
 */
void memory_make(struct memory *memory, enum memory_kind kind, int index, const void *bytes, size_t size);

/* Whether bytes were written behind the first `room` of a place that goes on. */
bool memory_is_overrun(const struct memory *memory, enum memory_kind kind, size_t room);

#endif
