/*
 * Which error a call is to fail with because the user wants to see what the program makes of it. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_PROVOKE_H
#define LISTENAS_RULES_PROVOKE_H

#include "../profile/call.h"
#include "../profile/provocation.h"

/*
 * The errno for the program's call of this number, counted from 1; 0 for none. Of several the first in the table
 * counts. The same table gives the same calls each time.
 */
int provoked_error(const struct provocations *all, enum call call, uint64_t number);

/* The state of a socket that decides whether a call on it can meet an error. */
struct provoked_socket {
    bool waits;     /* the call may wait: it does not have O_NONBLOCK */
    bool times_out; /* the wait ends by SO_RCVTIMEO */
    bool stream;    /* connections, not datagrams */
};

/*
 * Whether the call can meet this error: EINTR only where it may wait for something, EAGAIN of accept only where it does
 * not wait for ever.
 */
bool provoked_can_happen(enum call call, int error, const struct provoked_socket *socket);

/* Whether provoked_can_happen looks at the socket. */
bool provoked_needs_socket(enum call call, int error);

/* Whether accept fails with this error because of the client, which is then gone: all others leave it queued. */
bool provoked_takes_client(int error);

#endif
