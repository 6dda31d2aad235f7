/*
 * Passes a listener's options, owner and O_ASYNC on to its connection, where the platform does and Linux does
 * not.
 */
#ifndef LISTENAS_HOOKS_INHERIT_H
#define LISTENAS_HOOKS_INHERIT_H

#include "../rules/accept.h"

/*
 * Copies or clears the options that the profile speaks of, of a connection of the family `domain`. What cannot be set
 * stays as it is: the connection is good without it. Asks the listener for its options the first time, and for its mark
 * from then on. May be called from a signal handler; may change errno.
 */
void inherit_options(const struct profile *profile, int domain, int listener, int connection);

/*
 * After setsockopt of an option has succeeded: notes it in the mark of a listener whose options are known from its
 * mark. May be called from a signal handler. Keeps errno.
 */
void inherit_option_was_set(int fd, int level, int name);

/* Makes the listener's owner, if it has one, the connection's. May be called from a signal handler; may
 * change errno. */
void inherit_owner(int listener, int connection);

#endif
