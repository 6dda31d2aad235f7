/*
 * Makes text from others safe for a terminal: writes out what the terminal would obey.
 */
#ifndef LISTENAS_PROFILE_LOADER_VISIBLE_H
#define LISTENAS_PROFILE_LOADER_VISIBLE_H

#include <stddef.h>

enum visible {
    VISIBLE_TEXT,  /* keep UTF-8 and backslashes: text that is visible already does not change */
    VISIBLE_EXACT, /* write out backslashes and all that is not ASCII as well: the bytes can be read back */
};

/*
 * The length of the first character of `bytes` if a terminal may get it, else 0: for a control character (C0, DEL,
 * C1), a line or paragraph separator, a change of the direction of writing, and invalid UTF-8. `length` is at least
 * 1. May be called from a signal handler.
 */
size_t visible_character(const void *bytes, size_t length);

/*
 * Copies `length` bytes to `text` of `size` bytes, with a NUL; writes \xNN for what a terminal must not get. Cuts
 * between two characters. Returns the length of `text`. May be called from a signal handler.
 */
size_t visible_copy(char *text, size_t size, const void *bytes, size_t length, enum visible how);

#endif
