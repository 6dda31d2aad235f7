/*
 * Reads a profile's file and those that it inherits from.
 */
#ifndef LISTENAS_PROFILE_LOADER_READING_H
#define LISTENAS_PROFILE_LOADER_READING_H

#include "../builtin.h"
#include "annotated_profile.h"

/* Where the result goes. */
struct target {
    struct profile *profile;
    struct annotated_profile *annotated; /* NULL: keep the profile alone */
    int files;                           /* files read so far */
    bool has_directories;                /* at least one directory of the search exists */
    const struct builtin *texts;         /* to parse built-in profiles from; NULL: use their resolved settings */
    const char *given;                   /* the text of the requested profile itself; NULL: find it by its name */
};

/* Reads the profile of this name or path, with the drop-ins of each profile that a name finds. */
void read_profile(struct target *target, const char *name, const char *program, struct diagnostics *diagnostics);

/*
 * Resets the target's profile, reads the one of this name or path into it, then the overrides (NULL for none).
 * Returns true if there was no mistake.
 */
bool load_target(struct target *target, const char *name, const char *program, const char *overrides,
                 struct diagnostics *diagnostics);

/* The entry of a key; NULL if the target keeps none. */
struct entry *target_entry(const struct target *target, enum key key);

/* Adds a name to the list of files, without its beginning if it is long; returns its index. */
int target_add_file(struct target *target, const char *path);

#endif
