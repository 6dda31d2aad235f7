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
 * Starts a refuser and names it in LISTENAS_REFUSER, if the profile needs one and none is named there. In a network
 * namespace made just now (`isolated`) an abstract name reaches nobody, so it counts as none. If no refuser can
 * start, reports that, what clients will see instead, and what would help; the program then runs with the kernel's
 * own overflow.
 */
void own_refuser_start(const struct profile *profile, bool isolated);

#endif
