/*
 * Our library, and its entry in LD_PRELOAD.
 */
#ifndef LISTENAS_CLI_RUN_LIBRARY_H
#define LISTENAS_CLI_RUN_LIBRARY_H

#include <limits.h>

#include "elf_program.h"

/*
 * Finds the library that fits the binary: beside the command itself, else the installed one. `entry` gets its
 * path, with "$LIB" in it if it is the installed one, so that children of another word size find theirs.
 * `called` is what a message calls the binary. Returns 0, or STATUS_OWN after it has said why.
 */
int library_find(const struct binary *binary, const char *called, char entry[PATH_MAX]);

/*
 * Puts `entry` behind what LD_PRELOAD holds already (`existing`, NULL if unset): the runtimes of sanitizers
 * must stay first. A liblistenas.so that is there already is left out. Returns a new string, or NULL without
 * memory.
 */
char *library_preload(const char *entry, const char *existing);

#endif
