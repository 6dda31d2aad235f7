/*
 * The refuser of the program that `listenas run` is about to become.
 */
#ifndef LISTENAS_CLI_RUN_OWN_REFUSER_H
#define LISTENAS_CLI_RUN_OWN_REFUSER_H

#include <stdbool.h>

#include "../../profile/profile.h"

/* Whether the profile needs a refuser and none is named in LISTENAS_REFUSER. See own_refuser_start. */
bool own_refuser_is_wanted(const struct profile *profile, bool isolated);

/*
 * Starts a refuser and puts it into LISTENAS_REFUSER, if the profile needs one and none is named there. An abstract
 * name means nothing in a network that was made just now (`isolated`), so there it counts as none. Where that is not
 * possible it says so, what clients will see instead, and what would help: the program then runs with the kernel's own
 * overflow.
 */
void own_refuser_start(const struct profile *profile, bool isolated);

#endif
