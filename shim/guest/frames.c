#include "frames.h"

#include <errno.h>
#include <stdbool.h>

#include "../kernel/facts.h"
#include "guest.h"
#include "known_memory.h"
#include "modules.h"

#include "../kernel/async_safe.h"

/* Frames of our own between the hook and here. */
#define OWN_FRAMES_MOST 16

/* The first thread's stack, whose pages are all there from any frame to its end, is taken for no longer than this: the
 * kernel leaves 128 MiB below the end free of other mappings. Source: Linux, mmap_base in mm/util.c, MIN_GAP. */
#define FIRST_STACK_MOST (UINT32_C(16) << 20)

static uintptr_t first_stack_end;

void frames_start(void)
{
    /* The words of the command line lie beyond the first frame. */
    uintptr_t end = (uintptr_t)program_invocation_name, frame = (uintptr_t)__builtin_frame_address(0);
    if (end > frame && end - frame < FIRST_STACK_MOST)
        first_stack_end = end;
}

/* What lies where a frame pointer points to. */
struct frame {
    uintptr_t outer, back;
};

#if defined __x86_64__ || defined __i386__ || defined __aarch64__

/*
 * Whether `size` bytes before the address can be code. What an interpreter makes while it runs is in no module; the
 * kernel is asked for it, but only where facts are recorded, which takes system calls anyway. Keeps errno.
 */
static bool holds_code(uintptr_t address, size_t size)
{
    struct loaded_module module;
    int saved = errno;
    if (module_of_code(address, size, &module))
        return true;
    bool can = guest.profile.record_facts.word == WORD_YES && address > size &&
               facts_readable((const void *)(address - size), size); /* NOLINT(performance-no-int-to-ptr) */
    errno = saved;
    return can;
}

#endif

#if defined __x86_64__ || defined __i386__

/* A call with its address in it, or by any of the ways through a register or memory: FF /2, two to seven bytes long.
 * Source: Intel's manual, volume 2, CALL. */
static bool follows_call(uintptr_t address)
{
    const unsigned char *end = (const unsigned char *)address; /* NOLINT(performance-no-int-to-ptr) */
    if (!holds_code(address, 7))
        return false;
    bool found = end[-5] == 0xe8;
    for (int length = 2; length <= 7; length++)
        found |= end[-length] == 0xff && (end[1 - length] >> 3 & 7) == 2;
    return found;
}

#elif defined __aarch64__

/* BL or BLR, with and without authentication. Source: Arm's manual, C4.1. */
static bool follows_call(uintptr_t address)
{
    uint32_t word;
    if (address % 4 != 0 || !holds_code(address, 4))
        return false;
    memcpy(&word, (const char *)address - 4, sizeof word); /* NOLINT(performance-no-int-to-ptr) */
    return word >> 26 == 0x25 || (word & 0xfefff000) == 0xd63f0000;
}

#else /* where frames are laid out otherwise, none is believed */

static bool follows_call(uintptr_t address)
{
    (void)address;
    return false;
}

#endif

static bool is_on_first_stack(uintptr_t first, uintptr_t frame)
{
    return frame < first_stack_end && first_stack_end - frame < FIRST_STACK_MOST && first >= frame &&
           first < first_stack_end - sizeof(struct frame);
}

/* Reads the frame that `at` points to, if it is farther up the stack than `inner`. */
static bool read_frame(uintptr_t at, uintptr_t inner, struct frame *frame)
{
    const struct frame *there = (const struct frame *)at; /* NOLINT(performance-no-int-to-ptr) */
    if (at <= inner || at % sizeof(uintptr_t) != 0)
        return false;
    if (!is_on_first_stack(at, inner) && !memory_known_writable(there, sizeof *there))
        return false;
    *frame = *there;
    return true;
}

size_t frames_walk(uintptr_t caller, uintptr_t *frames, size_t most)
{
    uintptr_t at = (uintptr_t)__builtin_frame_address(0), inner = at - 1;
    struct frame frame = {0};
    size_t count = 1;
    frames[0] = caller;
    for (int own = 0; frame.back != caller; own++) { /* out of the library */
        if (own == OWN_FRAMES_MOST || !read_frame(at, inner, &frame))
            return count;
        inner = at;
        at = frame.outer;
    }
    while (count < most && read_frame(at, inner, &frame) && follows_call(frame.back)) {
        frames[count++] = frame.back;
        inner = at;
        at = frame.outer;
    }
    return count;
}
