/*
 * The refuser for the program that `listenas run` is about to become.
 */
#ifndef LISTENAS_CLI_RUN_OWN_REFUSER_H
#define LISTENAS_CLI_RUN_OWN_REFUSER_H

#include <stdbool.h>

#include "../../profile/profile.h"

/* Whether the profile needs a refuser and none is named in LISTENAS_REFUSER. See own_refuser_start. */
bool own_refuser_is_wanted(const struct profile *profile, bool isolated);

/*
 * Reports what the profile promises and no refuser will do: because none can be started here, or because nobody
 * answers, or nobody who would be believed, at the one that LISTENAS_REFUSER names. Says what clients will see instead
 * and what would help. In a network namespace made just now (`isolated`) an abstract name reaches nobody, so it counts
 * as none. Returns how many promises that are.
 */
int own_refuser_check(const struct profile *profile, bool isolated);

/*
 * Starts a refuser and names it in LISTENAS_REFUSER, if the profile needs one, none is named there and it can do
 * anything here; reports it if it does not start. Without one the program runs with the kernel's own overflow.
 */
void own_refuser_start(const struct profile *profile, bool isolated);

#endif
