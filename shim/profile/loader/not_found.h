/*
 * What is said of a profile that cannot be read, or must not be.
 */
#ifndef LISTENAS_PROFILE_LOADER_NOT_FOUND_H
#define LISTENAS_PROFILE_LOADER_NOT_FOUND_H

#include "diagnostic.h"
#include "search.h"

/* Where `inherits` stands; no place for the requested profile itself. */
struct spot spot_of_heir(const struct opening *heirs);

/*
 * Reports why the profile of this name is not read: nothing is found, with the nearest name; it inherits from itself;
 * or, with FOUND, it is inherited too deep.
 */
void diagnose_profile(struct diagnostics *diagnostics, const char *name, const struct opening *heirs, enum found found);

#endif
