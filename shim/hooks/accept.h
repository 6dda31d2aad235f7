/*
 * One call of accept or accept4 on its way, and what is made of the connection that the kernel gave to it.
 */
#ifndef LISTENAS_HOOKS_ACCEPT_H
#define LISTENAS_HOOKS_ACCEPT_H

#include "../rules/accept.h"
#include "recorder.h"

struct accepting {
    enum call name;
    int fd, flags;
    bool is_accept4;
    struct sockaddr *address;
    socklen_t *length;
    bool knows_room;    /* `room` is what *length was before the call; where that succeeds, *length can be written */
    socklen_t room;     /* below zero it is as good as endless */
    int listener_flags; /* O_*, where a key needs them */
    const void *caller;
};

/* Copies the address that the kernel has just written into the record, where that is known to be readable. */
void note_peer(struct record *record, const struct accepting *call);

/*
 * Everything between the real call's success and the program: `record` has the descriptor as its result. Closes it and
 * puts the error into the record where the platform gives one. Returns whether the connection is passed over, so that
 * another call is to follow. May be called from a signal handler; may change errno.
 */
bool take_connection(const struct accepting *call, const struct accept_verdict *it, struct record *record);

#endif
