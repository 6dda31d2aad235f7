/*
 * connect to a port that is bound and does not listen, where the platform leaves a SYN for it without an answer
 * (connect.not_listening). Linux answers with a reset, which the client's own socket is made to ignore.
 */
#ifndef LISTENAS_KERNEL_SILENCE_H
#define LISTENAS_KERNEL_SILENCE_H

#include <stdbool.h>

#include "facts.h"

/*
 * After a connect to the address that failed with `error`; `facts` from after it. Returns whether it is to be made
 * again: this host's socket at the address does not listen, and the client will hear no refusal from it. Until somebody
 * listens there the connect then waits, or stays under way. May be called from a signal handler; may change errno.
 */
bool silence_begin(int fd, const struct facts *facts, const struct sockaddr *address, socklen_t length, int error);

#endif
