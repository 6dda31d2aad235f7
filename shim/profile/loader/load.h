/*
 * Loads a profile, with or without what its files say about it.
 */
#ifndef LISTENAS_PROFILE_LOADER_LOAD_H
#define LISTENAS_PROFILE_LOADER_LOAD_H

#include "annotated_profile.h"

/*
 * Loads the profile of this name or path with everything that it inherits, then the sections for `program` (a base
 * name; NULL for none), then `overrides` ("key=value,key=value"; NULL for none).
 *
 * Returns true if there was no mistake. Otherwise `diagnostics` says what is wrong, and the result holds what could
 * be read: everything up to the first mistake, if nobody receives the others. Opens and closes files; maps memory
 * for each file while it reads it, and takes none from the heap.
 */
bool annotated_profile_load(struct annotated_profile *annotated, const char *name, const char *program,
                            const char *overrides, struct diagnostics *diagnostics);

/* The same for a profile of which the caller has the text; messages call it `called`. No drop-ins add to it. */
bool annotated_profile_load_text(struct annotated_profile *annotated, const char *called, const char *text,
                                 struct diagnostics *diagnostics);

/* The same for the profile alone. It takes a tenth of the memory and does not parse built-in profiles. */
bool profile_load(struct profile *profile, const char *name, const char *program, const char *overrides,
                  struct diagnostics *diagnostics);

struct target;

/*
 * What all of these do: resets the target's profile, reads the one of this name or path into it, then the overrides
 * (NULL for none). Returns true if there was no mistake.
 */
bool load_target(struct target *target, const char *name, const char *program, const char *overrides,
                 struct diagnostics *diagnostics);

#endif
