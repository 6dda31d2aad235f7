/*
 * Reads LISTENAS_PROVOKE: items with commas between them, each CALL:ERRNO, CALL:ERRNO@WHEN, CALL:ERRNO%N, seed=NUMBER
 * or force. WHEN is FIRST[..LAST][+[STEP]], as the `when=` of strace(1) means it.
 */
#ifndef LISTENAS_PROFILE_LOADER_PROVOKE_H
#define LISTENAS_PROFILE_LOADER_PROVOKE_H

#include "../profile.h"
#include "../provocation.h"
#include "diagnostic.h"

/*
 * Reads the setting `text`. Each error must be listed for its call by `profile`, whose name is for messages, unless the
 * setting has the word "force". Reports each mistake, and returns whether there was none. Not for signal handlers.
 */
bool provoke_load(struct provocations *all, const char *text, const struct profile *profile, const char *name,
                  struct diagnostics *diagnostics);

/* The key of section [errors] that lists a call's errors, or KEY_NONE for a call that none can be provoked at. */
enum key provoke_key(enum call call);

/* Whether one of the provocations needs the seed. */
bool provoke_needs_seed(const struct provocations *all);

#endif
