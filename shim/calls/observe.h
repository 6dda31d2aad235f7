/*
 * What the rules of any platform would need to know of a call, for the record (record.facts): asked of the kernel
 * before and after the real call, which stays as it is. All of it may be called from a signal handler, and keeps errno.
 */
#ifndef LISTENAS_CALLS_OBSERVE_H
#define LISTENAS_CALLS_OBSERVE_H

#include "../guest/known_memory.h"
#include "../guest/observing.h"
#include "../guest/recorder.h"
#include "accept.h"

/* Asks for the socket's own facts; false if this call is not looked at (observing_wants). `fd` is -1 for none. */
__attribute__((cold)) bool observe_begin(struct ring_case *seen, enum call call, int fd, const void *caller);

/* The same, where nobody may have asked for it. */
static inline bool observe(struct ring_case *seen, enum call call, int fd, const void *caller)
{
    return unlikely(guest_observes(call)) && observe_begin(seen, call, fd, caller);
}

/* Notes the address that the program passes to bind or connect, and its length; it may be any pointer. */
void observe_address(struct ring_case *seen, const struct sockaddr *address, socklen_t length);

/* Before bind: who has the port of the address. */
void observe_port(struct ring_case *seen, int fd);

/* After bind or connect has failed with `error`: what the AF_UNIX path leads to, and who has the port. */
void observe_failure(struct ring_case *seen, int fd, const struct sockaddr *address, socklen_t length, int error);

/* Whether any platform's rules speak of this option of getsockopt or setsockopt. */
bool observe_is_judged(enum call call, int level, int name);

/* Notes whether the value that setsockopt is given is 0; it may be any pointer. */
void observe_value(struct ring_case *seen, int level, int name, const void *value, socklen_t length);

/* Before accept: the listener, and the program's memory. Needs `call->knows_room`. */
void observe_listener(struct ring_case *seen, const struct accepting *call);

/* After it: `record` has the result. The connection is only looked at. */
void observe_accepted(struct ring_case *seen, const struct accepting *call, const struct record *record);

/* Enters the call with the kernel's errno, 0 if it succeeded. */
void observe_end(struct ring_case *seen, int error, const void *caller);

#endif
