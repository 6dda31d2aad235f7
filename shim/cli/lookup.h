/*
 * Finds the file that execve would run for a program's name.
 */
#ifndef LISTENAS_CLI_LOOKUP_H
#define LISTENAS_CLI_LOOKUP_H

#include <limits.h>
#include <stdbool.h>

/*
 * Finds the file of `name` as execvp does: along PATH, or at its path if it has a slash or `along_path` is false.
 * Messages name it `called`. Returns 0, or STATUS_NOT_FOUND or STATUS_CANNOT after a message.
 */
int lookup(const char *called, const char *name, bool along_path, char path[PATH_MAX]);

#endif
