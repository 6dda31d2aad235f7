/*
 * The gatekeeper of the program that `listenas run` is about to become.
 */
#ifndef LISTENAS_CLI_OWNGATE_H
#define LISTENAS_CLI_OWNGATE_H

#include <stdbool.h>

#include "../profile/profile.h"

/* Whether the profile needs a gatekeeper and none is named in LISTENAS_GATE. See owngate_start. */
bool owngate_is_wanted(const struct profile *profile, bool isolated);

/*
 * Starts a gatekeeper and puts it into LISTENAS_GATE, if the profile needs one and none is named there. An abstract
 * name means nothing in a network that was made just now (`isolated`), so there it counts as none. Where that is not
 * possible it says so, and what would help: the program then runs with the kernel's own overflow.
 */
void owngate_start(const struct profile *profile, bool isolated);

#endif
