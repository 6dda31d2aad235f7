/*
 * What is known of the program's memory without asking the kernel.
 */
#ifndef LISTENAS_GUEST_KNOWN_MEMORY_H
#define LISTENAS_GUEST_KNOWN_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../ring/likely.h"
#include "recorder_state.h"

#define MEMORY_PAGE 4096u
/* A caller's variable is not farther up the stack than this. */
#define MEMORY_STACK_NEAR 65536u

/* Memory of the program that can be read without asking the kernel. Set by the constructor; rarely read, so not in
 * struct guest. */
struct guest_memory {
    uintptr_t data_start; /* its static variables, up to data_end */
    uintptr_t data_end;
    uintptr_t stack_end; /* of the main thread; 0 if unknown */
};

extern struct guest_memory guest_memory;

/*
 * Whether `size` bytes at `memory` are known to be readable because they are on the stack of this very thread, above
 * the hook's own frame, or among the program's static variables. Asks nobody: false means unknown. Wrong only for a
 * pointer that the program has no business to pass: into a part of its own stack or variables that it has taken away.
 */
bool memory_known_readable(const void *memory, size_t size);

/* Likewise of what can be written to: that is the stack, not all static memory. */
bool memory_known_writable(const void *memory, size_t size);

/* The kernel has just written to `memory`: if that is on this thread's stack, its page is known from now on. */
void memory_note_written(const void *memory);

/* Whether it is in a page of this thread's stack that is known to be there; `size` is less than a page. */
static inline __attribute__((always_inline)) bool memory_is_near(const void *memory, size_t size)
{
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0), first = (uintptr_t)memory;
    const uintptr_t page = first & ~(uintptr_t)(MEMORY_PAGE - 1);
    bool is_known = page == recorder_self.stack_page || page == (frame & ~(uintptr_t)(MEMORY_PAGE - 1));
    return likely(is_known && first - frame <= MEMORY_STACK_NEAR && first - page <= MEMORY_PAGE - size);
}

/* As memory_known_readable and memory_known_writable, with the usual case inlined into the hook. */
static inline __attribute__((always_inline)) bool memory_known_readable_here(const void *memory, size_t size)
{
    return memory_is_near(memory, size) || memory_known_readable(memory, size);
}

static inline __attribute__((always_inline)) bool memory_known_writable_here(const void *memory, size_t size)
{
    return memory_is_near(memory, size) || memory_known_writable(memory, size);
}

#endif
