/*
 * Loads a profile, with or without what was written about it.
 */
#ifndef LISTENAS_PROFILE_LOADER_LOAD_H
#define LISTENAS_PROFILE_LOADER_LOAD_H

#include "annotated_profile.h"

/*
 * Loads the profile of this name or path, with everything it inherits from, then the sections that are meant for
 * `program` (a base name; NULL for none), then `overrides` ("key=value,key=value"; NULL for none).
 *
 * Returns true if nothing was wrong. Otherwise `diagnostics` holds what, and the book holds what could be read: up to
 * the first mistake, if nobody is told of the others. Opens and closes files, allocates nothing.
 */
bool annotated_profile_load(struct annotated_profile *book, const char *name, const char *program,
                            const char *overrides, struct diagnostics *diagnostics);

/*
 * The same for the profile alone, of which nobody will ask what was written: that costs a tenth of the memory, and a
 * built-in profile is not parsed.
 */
bool profile_load(struct profile *profile, const char *name, const char *program, const char *overrides,
                  struct diagnostics *diagnostics);

#endif
