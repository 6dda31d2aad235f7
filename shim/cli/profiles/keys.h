#ifndef LISTENAS_CLI_PROFILES_KEYS_H
#define LISTENAS_CLI_PROFILES_KEYS_H

#include <stdbool.h>

#include "../../profile/profile.h"

/* Prints what each key decides on stdout: as text, or as the manual page listenas-profile(5). */
void print_keys(bool man);

/*
 * Prints what one key decides, its legal values, those that Linux cannot keep, the calls at which it acts, the
 * advice for portable programs, and an empty line.
 */
void print_key(enum key key);

#endif
