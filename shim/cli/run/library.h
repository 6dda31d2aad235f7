/*
 * Finds the library, and composes its entry in LD_PRELOAD.
 */
#ifndef LISTENAS_CLI_RUN_LIBRARY_H
#define LISTENAS_CLI_RUN_LIBRARY_H

#include <limits.h>
#include <stdbool.h>

#include "elf_program.h"

/*
 * Finds the library that fits the program: beside the command itself, else the installed one. `entry` gets its path,
 * with "$LIB" in that of the installed one, so that children of another word size find theirs. Messages name the
 * program `called`. Returns 0, or STATUS_OWN after a message.
 */
int library_find(const struct binary *binary, const char *called, char entry[PATH_MAX]);

/* Writes the path of that library itself; false, and a path of no meaning, if there is none. */
bool library_locate(const struct binary *binary, char path[PATH_MAX]);

/*
 * Appends `entry` to LD_PRELOAD's value `existing` (NULL if unset), without a liblistenas.so that is there already:
 * sanitizers must stay first. Returns a new string, or NULL if there is no memory.
 */
char *library_preload(const char *entry, const char *existing);

#endif
