/*
 * What a profile says that is legal key by key but cannot be meant: contradictions.def.
 */
#ifndef LISTENAS_CLI_PROFILES_CONTRADICTIONS_H
#define LISTENAS_CLI_PROFILES_CONTRADICTIONS_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"

/*
 * Says each contradiction on stderr, and, unless `quiet`, a key that has no effect because of another on stdout as a
 * note. Returns how many contradictions there are; notes do not count.
 */
int contradictions_say(const struct annotated_profile *annotated, bool quiet);

#endif
