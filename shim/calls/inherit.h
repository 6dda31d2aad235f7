/*
 * Gives a connection its listener's options where the platform does and Linux does not, or takes them away.
 */
#ifndef LISTENAS_CALLS_INHERIT_H
#define LISTENAS_CALLS_INHERIT_H

#include "../rules/accept.h"

/*
 * Copies or clears the options that the profile is about, for a connection of the family `domain`. `mark` is the
 * listener's, with MARK_OPTIONS_SET known. An option that cannot be set stays as it is: the connection works without
 * it. May be called from a signal handler; may change errno.
 */
void inherit_options(const struct profile *profile, int domain, int listener, int connection, int mark);

#endif
