/*
 * What a platform makes of shutdown. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_SHUTDOWN_H
#define LISTENAS_RULES_SHUTDOWN_H

#include "verdict.h"

struct shutdown_verdict {
    struct verdict verdict;
    int mark;          /* bits of facts/mark.h that the socket is to keep, for those who ask later */
    bool passes_on;    /* make the real call all the same: the platform does that, and reports no error */
    bool closes_queue; /* nobody else is to be queued by the listener, which goes on for those who are */
    bool marks; /* at last shut the socket, which is no connection any more, for receiving: facts->shut_down tells it
                   later */
};

/* Whether a listener that is shut down with connections queued goes on until they are accepted. */
bool shutdown_drains(const struct profile *profile);

/* Whether a listener that was shut down must not be taken later for a socket that is bound. */
bool shutdown_closes_port(const struct profile *profile);

/* `how` as the program passed it; `facts` by the needs of the call. */
struct shutdown_verdict shutdown_verdict(const struct profile *profile, const struct facts *facts, int how);

/* The errno that a listener was posted by shutdown, or 0 where the platform posts none. */
int posted_error(const struct profile *profile);

#endif
