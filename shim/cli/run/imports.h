/*
 * Functions that a program is known to call, since it imports them, and that a platform refuses.
 */
#ifndef LISTENAS_CLI_RUN_IMPORTS_H
#define LISTENAS_CLI_RUN_IMPORTS_H

#include "../../profile/loader/annotated_profile.h"

/*
 * Reports each function that the ELF file at `path` imports and that fails under the profile whatever its arguments,
 * and what would let it work. Messages name the file `called`. Opens the file only if the profile has such a key.
 */
void imports_compare(const struct annotated_profile *annotated, const char *path, const char *called);

#endif
