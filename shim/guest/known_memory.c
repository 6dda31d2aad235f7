#include "known_memory.h"

#include "../kernel/async_safe.h"

/* So much below the end of the main thread's stack the kernel maps nothing else. Source: Linux mm/util.c, MIN_GAP. */
#define STACK_MOST (64u << 20)
/* No thread has less of a stack than PTHREAD_STACK_MIN, 16384, less what libc puts on top of it. */
#define STACK_LEAST 8192u

struct guest_memory guest_memory;

/*
 * Where the stack that holds `frame` ends, as far as that is certain: the main thread's at the strings that the kernel
 * put on top of it, and it is one piece from there down to the frame; another thread's at the thread's own variables,
 * which libc puts on top of it. 0 for any other stack, such as a signal handler's or a coroutine's.
 */
static uintptr_t end_of_stack(uintptr_t frame)
{
    const uintptr_t own = (uintptr_t)&recorder_self;
    if (frame < guest_memory.stack_end && guest_memory.stack_end - frame < STACK_MOST)
        return guest_memory.stack_end;
    return frame < own && own - frame < STACK_LEAST ? own : 0;
}

/* `first` is above the frame, and no farther from it than a caller's variable is. */
static bool is_on_stack(uintptr_t first, size_t size, uintptr_t frame)
{
    uintptr_t end = end_of_stack(frame);
    return end > first && end - first >= size;
}

/* A page that holds the frame, or that the kernel has written to, is there as a whole. */
static bool is_in_known_page(uintptr_t first, size_t size, uintptr_t frame)
{
    const uintptr_t rest = MEMORY_PAGE - 1, page = first & ~rest;
    return ((first + size - 1) & ~rest) == page && (page == recorder_self.stack_page || page == (frame & ~rest));
}

bool memory_known_writable(const void *memory, size_t size)
{
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0), first = (uintptr_t)memory;
    return first >= frame && first - frame <= MEMORY_STACK_NEAR &&
           (is_in_known_page(first, size, frame) || is_on_stack(first, size, frame));
}

bool memory_known_readable(const void *memory, size_t size)
{
    const uintptr_t first = (uintptr_t)memory;
    return (first >= guest_memory.data_start && first < guest_memory.data_end &&
            guest_memory.data_end - first >= size) ||
           memory_known_writable(memory, size);
}

void memory_note_written(const void *memory)
{
    const uintptr_t frame = (uintptr_t)__builtin_frame_address(0), first = (uintptr_t)memory;
    if (first >= frame && first - frame <= MEMORY_STACK_NEAR)
        recorder_self.stack_page = first & ~(uintptr_t)(MEMORY_PAGE - 1);
}
