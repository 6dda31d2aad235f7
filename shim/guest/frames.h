/*
 * Who called whom, up the stack.
 */
#ifndef LISTENAS_GUEST_FRAMES_H
#define LISTENAS_GUEST_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes the return addresses of the frames from that of the hook's caller outwards: the first is `caller`, the hook's
 * own return address. It follows frame pointers as long as each leads farther up this thread's stack, to memory that is
 * known to be readable, and to an address behind a call instruction of a module; code that is compiled without them
 * ends it, after the first at the worst. There is no unwinder: by its tables one would have to read files or take the
 * loader's lock. Returns how many, 1 at least and `most` at most. May be called from a signal handler; keeps errno.
 * Only from code that has frame pointers itself.
 */
size_t frames_walk(uintptr_t caller, uintptr_t *frames, size_t most);

/* Notes where the stack of the first thread ends. Only for the constructor. */
void frames_start(void);

#endif
