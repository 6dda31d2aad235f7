/*
 * Who called whom, up the stack.
 */
#ifndef LISTENAS_GUEST_FRAMES_H
#define LISTENAS_GUEST_FRAMES_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes the return addresses of the frames, from that of the hook's caller outwards; the first is `caller`, the
 * hook's own return address. Follows frame pointers while each leads farther up this thread's stack, to memory known
 * to be readable, and to an address that follows a call instruction of a module; code compiled without frame
 * pointers ends the list, at worst after the first. There is no unwinder: it would have to read files or take the
 * loader's lock. Returns the number of frames, from 1 to `most`. May be called from a signal handler; keeps errno.
 * Only for callers that have frame pointers themselves.
 */
size_t frames_walk(uintptr_t caller, uintptr_t *frames, size_t most);

/* Notes where the stack of the first thread ends. Only for the constructor. */
void frames_start(void);

#endif
