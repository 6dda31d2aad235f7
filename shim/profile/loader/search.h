/*
 * Where a profile of a given name is looked for: a path as it stands, the absolute directories of LISTENAS_CONF_PATH,
 * the user's configuration directory, the system's, and at last the copies built into the program.
 */
#ifndef LISTENAS_PROFILE_LOADER_SEARCH_H
#define LISTENAS_PROFILE_LOADER_SEARCH_H

#include <limits.h>
#include <stdbool.h>

#include "../builtin.h"

struct profile_source {
    char path[PATH_MAX]; /* of the file; "built-in NAME" for a built-in profile */
    int builtin;         /* the index of a built-in profile; -1 for a file */
    const char *text;    /* of a built-in profile that is to be parsed, else NULL */
};

/* A file that is being read, and those that inherit from it: the way back shows a cycle. */
struct opening {
    const struct opening *heir;
    const struct profile_source *place;
    int line; /* where it inherits what is opened next */
};

enum found { FOUND, FOUND_NOTHING, FOUND_CYCLE };

/*
 * Finds the first profile of this name (or, if it holds a slash, path) that is not being read already: so a user's
 * own bsd.conf can inherit from the built-in bsd. A relative path stands against the heir's directory. `files` false
 * leaves out the directories of the search.
 */
enum found profile_find(const char *name, const struct opening *heirs, bool files, struct profile_source *place);

/* Whether any directory of the search may exist: if none does, no file hides a built-in profile. */
bool search_has_directories(void);

/* Writes the index-th directory of the search into `directory` (PATH_MAX bytes); false past the last. */
bool search_directory(int index, char *directory);

#endif
