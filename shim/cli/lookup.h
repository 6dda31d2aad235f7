/*
 * From a program's name to the file that execve would be given.
 */
#ifndef LISTENAS_CLI_LOOKUP_H
#define LISTENAS_CLI_LOOKUP_H

#include <limits.h>
#include <stdbool.h>

/*
 * Finds the file of `name` as execvp does: along PATH, or as it stands if it holds a slash or `along_path` is
 * false. `called` is what a message calls it. Returns 0, or STATUS_NOT_FOUND or STATUS_CANNOT after it has
 * said why.
 */
int lookup(const char *called, const char *name, bool along_path, char path[PATH_MAX]);

/* What stands behind the last slash of a path. */
const char *base_name(const char *path);

#endif
