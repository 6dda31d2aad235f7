#ifndef LISTENAS_CLI_PROFILES_KEYS_H
#define LISTENAS_CLI_PROFILES_KEYS_H

#include <stdbool.h>

#include "../../profile/profile.h"

/* Prints what each key decides on stdout. */
void print_keys(void);

/* Calls `visit` for each key, with its name and legal values, and the lines that print_key prints of it. */
void keys_each(void (*visit)(const char *tag, const char *text));

/*
 * Prints what one key decides, its legal values, those that Linux cannot keep, the calls at which it acts, the
 * advice for portable programs, and an empty line.
 */
void print_key(enum key key);

#endif
