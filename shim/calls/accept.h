/*
 * One call of accept or accept4 on its way, and what is made of the connection that the kernel gave to it.
 */
#ifndef LISTENAS_CALLS_ACCEPT_H
#define LISTENAS_CALLS_ACCEPT_H

#include <netinet/in.h>

#include "../guest/recorder.h"
#include "../kernel/listener.h"
#include "../rules/accept.h"

struct accepting {
    enum call name;
    int fd, flags;
    struct sockaddr *address;
    socklen_t *length;
    bool knows_room; /* `room` is what *length was before the call; where that succeeds, *length can be written */
    socklen_t room;  /* below zero it is as good as endless */
    struct listener_facts listener; /* where a key needs them */
    int listener_flags;             /* its O_* flags, likewise */
    bool looked;                    /* `listener` is known */
    int provoked;                   /* the errno that it is to fail with, 0 for none */
    const void *caller;
};

/* Whether *length can be read now and, if the call succeeds, is written by it. */
static inline bool accept_knows_room(const struct sockaddr *address, const socklen_t *length)
{
    return likely(address && length) && recorder_knows_readable_here(length, sizeof *length);
}

static inline void accept_begin_record(struct record *record, enum call name, int fd, int flags)
{
    record_clear(record);
    record->call = (uint16_t)name;
    record->fd = fd;
    record->asked = record->given = flags;
}

/*
 * Copies the peer's address into the record: the kernel has just written as much of it as there was room for, so that
 * can be read. The usual length is a constant for the compiler's sake.
 */
static inline void accept_note_peer(struct record *record, const struct sockaddr *address, socklen_t length,
                                    socklen_t room)
{
    if (likely(length == sizeof(struct sockaddr_in)) && likely(room >= length))
        record_address(record, address, sizeof(struct sockaddr_in));
    else
        record_address(record, address, length < room ? length : room);
}

/*
 * The whole call, with what the profile asks of it, and its records: returns what
 * the hook returns, errno included. May be called from a signal handler.
 */
int accept_by_rules(struct accepting call);

/*
 * Everything between the real call's success and the program: `record` has the descriptor as its result. Closes it and
 * puts the error into the record where the platform gives one. Returns whether the connection is passed over, so that
 * another call is to follow. May be called from a signal handler; may change errno.
 */
bool take_connection(struct accepting *call, const struct accept_verdict *it, struct record *record);

/*
 * Resets the client of a connection that take_connection took, and puts the error into the record that the call is to
 * fail with. May be called from a signal handler; may change errno.
 */
void reset_connection(const struct accepting *call, struct record *record);

#endif
