/*
 * From a call to the ring.
 */
#ifndef LISTENAS_HOOKS_RECORDER_H
#define LISTENAS_HOOKS_RECORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "../ring/ring.h"
#include "hooks.h"

/* Gets the page that tells a forked child from its parent. Only for the constructor. */
void recorder_start(void);

/*
 * Opens the ring now instead of at the first record. Returns 0, also where only the first record can tell, or the
 * errno that no later call will change. Only for the constructor.
 */
int recorder_join(void);

/*
 * Fills in time, process, thread and caller, and appends the record; opens the ring at the process tree's first one.
 * `caller` is the hook's return address. Keeps errno; may be called from a signal handler.
 */
void recorder_append(struct record *record, const void *caller);

/* In two pieces: of one that large the compiler makes `rep stos`, which costs as much as the append. */
static inline void record_clear(struct record *record)
{
    memset(record, 0, offsetof(struct record, address));
    memset(record->address, 0, sizeof *record - offsetof(struct record, address));
}

/* Copies an address of `length` bytes, all readable, into the record. */
void record_address(struct record *record, const void *address, size_t length);

/*
 * Whether `size` bytes at `memory` are known to be readable because they are on the stack of this very thread, above
 * the hook's own frame, or in the program's static memory. Asks the kernel once for each new page, then remembers
 * it: steady state costs no system call. False means unknown. Keeps errno.
 */
bool recorder_knows_readable(const void *memory, size_t size);

/* Likewise of what can be written to: that is the stack, not all static memory. */
bool recorder_knows_writable(const void *memory, size_t size);

#endif
