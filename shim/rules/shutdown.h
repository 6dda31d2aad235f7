/*
 * What a platform makes of shutdown. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_SHUTDOWN_H
#define LISTENAS_RULES_SHUTDOWN_H

#include "verdict.h"

struct shutdown_verdict {
    struct verdict verdict;
    int mark;          /* mark bits (kernel/mark.h) for the socket, read by later calls */
    bool passes_on;    /* make the real call as well: the platform acts, and reports no error */
    bool closes_queue; /* let nobody else into the listener's queue; those in it can still be accepted */
    bool marks; /* when the socket is no longer connected, shut it for receiving as well: facts->shut_down reads it
                   later */
};

/* Whether a listener that is shut down with connections in its queue still lets them be accepted. */
bool shutdown_drains(const struct profile *profile);

/* Whether a listener that was shut down must not later look like a socket that is only bound. */
bool shutdown_closes_port(const struct profile *profile);

/* `how` as the program passed it; `facts` are those that the call's needs name. */
struct shutdown_verdict shutdown_verdict(const struct profile *profile, const struct facts *facts, int how);

/* The errno that shutdown posts to a listener, or 0. */
int posted_error(const struct profile *profile);

#endif
