/*
 * Reads a profile's file and those that it inherits from.
 */
#ifndef LISTENAS_PROFILE_LOADER_READING_H
#define LISTENAS_PROFILE_LOADER_READING_H

#include "diagnostic.h"
#include "target.h"

/* Reads the profile of this name or path, with the drop-ins of each profile that a name finds. */
void read_profile(struct target *target, const char *name, const char *program, struct diagnostics *diagnostics);

#endif
