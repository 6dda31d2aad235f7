/*
 * Where the result of reading a profile goes.
 */
#ifndef LISTENAS_PROFILE_LOADER_TARGET_H
#define LISTENAS_PROFILE_LOADER_TARGET_H

#include "../builtin.h"
#include "annotated_profile.h"

struct target {
    struct profile *profile;
    struct annotated_profile *annotated; /* NULL: keep the profile alone */
    int files;                           /* files read so far */
    bool has_directories;                /* at least one directory of the search exists */
    const struct builtin *texts;         /* to parse built-in profiles from; NULL: use their resolved settings */
    const char *given;                   /* the text of the requested profile itself; NULL: find it by its name */
};

/* The entry of a key; NULL if the target keeps none. */
struct entry *target_entry(const struct target *target, enum key key);

/* Adds a name to the list of files, without its beginning if it is long; returns its index. */
int target_add_file(struct target *target, const char *path);

#endif
