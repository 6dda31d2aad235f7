/*
 * connect to a port that is bound but does not listen, where the platform leaves the SYN unanswered
 * (connect.not_listening). Linux answers with a reset, which this makes the client's own socket ignore.
 */
#ifndef LISTENAS_KERNEL_SILENCE_H
#define LISTENAS_KERNEL_SILENCE_H

#include <stdbool.h>

#include "facts.h"

/*
 * After a connect to the address failed with `error`; `facts` as they are then. Returns whether to connect again: a
 * socket of this host is bound to the address without listening, and the client will now ignore the refusal. The
 * connect then waits, or stays in progress, until somebody listens there. Where such a socket is there but the client
 * cannot be made to ignore it, `*hindrance` becomes why: EEXIST if the program has a filter of its own, else the errno
 * of SO_ATTACH_FILTER, such as EPERM for an ordinary user of some hosts. May be called from a signal handler; may change
 * errno.
 */
bool silence_begin(int fd, const struct facts *facts, const struct sockaddr *address, socklen_t length, int error,
                   int *hindrance);

#endif
