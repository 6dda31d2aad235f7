/*
 * Parts of a path.
 */
#ifndef LISTENAS_CLI_PATH_H
#define LISTENAS_CLI_PATH_H

#include <string.h>

/* The part after the last slash: all of a path without one. */
static inline const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Writes the directory of a file, whose path is absolute. `directory` has at least as much room as `path` takes. */
static inline void directory_of(const char *path, char *directory)
{
    strcpy(directory, path);
    directory[base_name(path) - path - 1] = '\0';
    if (!directory[0])
        strcpy(directory, "/");
}

#endif
