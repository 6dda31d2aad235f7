/*
 * One call of accept or accept4, and what becomes of the connection that the kernel gave to it.
 */
#ifndef LISTENAS_CALLS_ACCEPT_H
#define LISTENAS_CALLS_ACCEPT_H

#include <netinet/in.h>
#include <stdatomic.h>

#include "../guest/known_memory.h"
#include "../guest/recorder.h"
#include "../kernel/listener.h"
#include "../rules/accept.h"

/*
 * By the last bits of their numbers, the descriptors whose last connection was of AF_UNIX: of TCP alone the client is
 * to be asked for. A hint: where it is wrong, accept makes one system call more.
 */
extern _Atomic uint64_t accept_local_hints;

static inline uint64_t accept_hint_bit(int fd)
{
    return UINT64_C(1) << ((unsigned int)fd % 64);
}

static inline bool accept_is_hinted_local(int fd)
{
    return atomic_load_explicit(&accept_local_hints, memory_order_relaxed) & accept_hint_bit(fd);
}

static inline void accept_hint_local(int fd, bool is_local)
{
    if (is_local != accept_is_hinted_local(fd))
        atomic_fetch_xor_explicit(&accept_local_hints, accept_hint_bit(fd), memory_order_relaxed);
}

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
    bool asked;                     /* what was to be asked before the call is known already */
    bool is_settled;                /* `listener` is as the connection found it */
    bool is_connected;              /* the connection had a name a moment ago: nobody has reset it */
    int domain;                     /* of the connection; AF_UNSPEC while it is not known */
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
 * from a signal handler. The first is quick where nothing is unusual, and goes on by the second elsewhere.
 */
int accept_usually(enum call name, int fd, struct sockaddr *address, socklen_t *length, int flags, const void *caller);
int accept_by_rules(struct accepting call);

/* Another call in place of one that found nothing for the program: what was asked for that one is asked again. */
int accept_anew(const struct accepting *call);

/* The end of a call whose real call, with these SOCK_* flags, has just failed: judges the errno. Returns as above. */
int accept_fail(struct accepting *call, int flags, struct record *record);

/*
 * Judges the connection after the real call has succeeded; `record` has its descriptor as the result. If the
 * platform reports an error, closes it and notes the error. Returns whether the connection is skipped, so that the
 * caller accepts another one. May be called from a signal handler; may change errno.
 */
bool take_connection(struct accepting *call, const struct accept_verdict *it, struct record *record);

/* Closes a connection that the program does not get. Not a cancellation point; keeps the program's *length. */
void accept_discard(const struct accepting *call, int connection);

/*
 * Resets the client of a connection that take_connection took, and notes the error that the call fails with. May be
 * called from a signal handler; may change errno.
 */
void reset_connection(const struct accepting *call, struct record *record);

#endif
