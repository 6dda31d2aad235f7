/*
 * Where a profile is found: at its path; by name in the absolute directories of LISTENAS_CONF_PATH, the user's
 * configuration directory, the system's, and last among the built-in profiles.
 */
#ifndef LISTENAS_PROFILE_LOADER_SEARCH_H
#define LISTENAS_PROFILE_LOADER_SEARCH_H

#include <limits.h>
#include <stdbool.h>

#include "../builtin.h"

struct profile_source {
    char path[PATH_MAX]; /* of the file, or "built-in NAME" */
    int builtin;         /* the index of a built-in profile; -1 for a file */
    const char *text;    /* a built-in profile's text, if it must be parsed, or standard input's; else NULL */
    bool is_dropin;      /* the file adds to a profile */
};

/* A file that is being read, and the chain of those that inherit from it, which shows a cycle. */
struct opening {
    const struct opening *heir;
    const struct profile_source *place;
    int line; /* the line of the `inherits` that is followed next */
};

enum found { FOUND, FOUND_NOTHING, FOUND_CYCLE };

/*
 * Finds the first profile of this name (or path, if it has a slash) that is not being read already: so a user's
 * bsd.conf can inherit from the built-in bsd. A name that finds nothing is tried as an alias (alias.h). A relative path
 * starts at the heir's directory. `files` false: skip the directories of the search.
 */
enum found profile_find(const char *name, const struct opening *heirs, bool files, struct profile_source *place);

/* Whether any directory of the search may exist; if none does, no file hides a built-in profile. */
bool search_has_directories(void);

/* Writes the index-th directory of the search to `directory` (PATH_MAX bytes); false after the last. */
bool search_directory(int index, char *directory);

#endif
