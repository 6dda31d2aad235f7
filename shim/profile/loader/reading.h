/*
 * A profile's file, and those it inherits from, while they are read.
 */
#ifndef LISTENAS_PROFILE_LOADER_READING_H
#define LISTENAS_PROFILE_LOADER_READING_H

#include "../builtin.h"
#include "annotated_profile.h"

/* Where what is read goes. */
struct target {
    struct profile *profile;
    struct annotated_profile *annotated; /* NULL: what was written about the profile is not kept */
    int files;                           /* read so far */
    bool has_directories;                /* a directory of the search exists */
    const struct builtin *texts;         /* to parse built-in profiles from; NULL: their settings do */
};

/* Reads the profile of this name or path. */
void read_profile(struct target *target, const char *name, const char *program, struct diagnostics *diagnostics);

/*
 * Resets the target's profile, reads the one of this name or path into it, then the overrides (NULL for none). Returns
 * true if nothing was wrong.
 */
bool load_target(struct target *target, const char *name, const char *program, const char *overrides,
                 struct diagnostics *diagnostics);

/* Where what is written of a key is kept; NULL if nowhere. */
struct entry *target_entry(const struct target *target, enum key key);

/* Adds a name to the list of files, cut at its front if it is long; returns its index. */
int target_add_file(struct target *target, const char *path);

#endif
