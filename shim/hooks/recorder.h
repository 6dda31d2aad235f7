/*
 * From a call to the ring.
 */
#ifndef LISTENAS_HOOKS_RECORDER_H
#define LISTENAS_HOOKS_RECORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "../ring/ring.h"
#include "hooks.h"

/* Gets the page that tells a forked child from its parent. Only for the constructor. */
void recorder_start(void);

/*
 * Fills in time, process, thread and caller, and appends the record; opens the ring at the process tree's first one.
 * `caller` is the hook's return address. Keeps errno; may be called from a signal handler.
 */
void recorder_append(struct record *record, const void *caller);

/* Copies an address of `length` bytes, all readable, into the record. */
void record_address(struct record *record, const void *address, size_t length);

/*
 * Whether `size` bytes at `memory` are known to be readable because they are on the stack of this very thread, above
 * the hook's own frame. Asks the kernel once for each new page of stack, then remembers it: steady state costs no
 * system call. False means unknown. Keeps errno.
 */
bool recorder_on_stack(const void *memory, size_t size);

#endif
