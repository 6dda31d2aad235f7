/*
 * One call of accept or accept4, and what becomes of the connection that the kernel gave to it.
 */
#ifndef LISTENAS_CALLS_ACCEPT_H
#define LISTENAS_CALLS_ACCEPT_H

#include <netinet/in.h>

#include "../guest/known_memory.h"
#include "../guest/recorder.h"
#include "../kernel/listener.h"
#include "../rules/accept.h"

struct accepting {
    enum call name;
    int fd, flags;
    struct sockaddr *address;
    socklen_t *length;
    bool knows_room; /* `room` is the value of *length before the call; if the call succeeds, *length can be written */
    socklen_t room;  /* a negative one counts as endless */
    struct listener_facts listener; /* set if a key needs them */
    int listener_flags;             /* its O_* flags; set if a key needs them */
    bool looked;                    /* whether `listener` is set */
    int provoked;                   /* the errno that LISTENAS_PROVOKE fails the call with, or 0 */
    const void *caller;
};

/* Whether *length can be read now, and will be written if the call succeeds. */
static inline bool accept_knows_room(const struct sockaddr *address, const socklen_t *length)
{
    return likely(address && length) && memory_known_readable_here(length, sizeof *length);
}

static inline void accept_begin_record(struct record *record, enum call name, int fd, int flags)
{
    record_clear(record);
    record->call = (uint16_t)name;
    record->fd = fd;
    record->asked = record->given = flags;
}

/*
 * Copies the peer's address into the record. The kernel has just written it, so it can be read. The compiler sees
 * the usual length as a constant.
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
 * The whole call under a profile, with its records. Returns what the hook returns, errno included. May be called
 * from a signal handler.
 */
int accept_by_rules(struct accepting call);

/*
 * Judges the connection after the real call has succeeded; `record` has its descriptor as the result. If the
 * platform reports an error, closes it and notes the error. Returns whether the connection is skipped, so that the
 * caller accepts another one. May be called from a signal handler; may change errno.
 */
bool take_connection(struct accepting *call, const struct accept_verdict *it, struct record *record);

/*
 * Resets the client of a connection that take_connection took, and notes the error that the call fails with. May be
 * called from a signal handler; may change errno.
 */
void reset_connection(const struct accepting *call, struct record *record);

#endif
