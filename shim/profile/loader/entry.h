/*
 * One line of a profile: "key = value # note".
 */
#ifndef LISTENAS_PROFILE_LOADER_ENTRY_H
#define LISTENAS_PROFILE_LOADER_ENTRY_H

#include <stddef.h>

#include "annotated_profile.h"

/*
 * Sets a key to `written`: in the profile, and in `entry` unless that is NULL (its file and line stay). A promise
 * that is not enforced, or that Linux keeps by itself, leaves the profile's field at its initial value. A line with
 * a mistake changes nothing.
 */
void entry_set(struct profile *profile, struct entry *entry, enum key key, const char *written, struct spot spot,
               struct diagnostics *diagnostics);

/* Reports a name that is no key, with the nearest one. */
void diagnose_name(struct diagnostics *diagnostics, struct spot spot, const char *full);

/* Removes blanks at both ends, in place. */
void trim(char *text);

/* Copies as much as fits: for texts that are shown, never compared. */
void copy_cut(char *to, size_t size, const char *from);

#endif
