/*
 * Text that somebody else wrote, on its way to a terminal: what a terminal would obey is written out.
 */
#ifndef LISTENAS_PROFILE_LOADER_VISIBLE_H
#define LISTENAS_PROFILE_LOADER_VISIBLE_H

#include <stddef.h>

enum visible {
    VISIBLE_TEXT,  /* UTF-8 stays; so does a backslash, so that text which is visible already does not change */
    VISIBLE_EXACT, /* a backslash and all that is not ASCII are written out too: the bytes can be read back */
};

/*
 * The length of the character that `bytes` begin with, if it may go to a terminal as it is; else 0. It may not if it is
 * a control character (C0, DEL, C1), a line or paragraph separator, one that turns the direction of writing, or no
 * UTF-8. `length` is at least 1. May be called from a signal handler.
 */
size_t visible_character(const void *bytes, size_t length);

/*
 * Copies `length` bytes to `text` of `size` bytes, and a NUL; what may not go to a terminal becomes \xNN. Cut to fit,
 * between two characters. Returns the length of `text`. May be called from a signal handler.
 */
size_t visible_copy(char *text, size_t size, const void *bytes, size_t length, enum visible how);

#endif
