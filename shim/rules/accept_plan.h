/*
 * What the rules of accept answer in the usual case, asked once for all calls: the rules themselves are many functions
 * and read many keys, which are cold in the caches after each system call.
 *
 * The usual case is a listener without O_ASYNC of which nothing is to be acted on (kernel/listener.h), flags that Linux
 * knows, and either no address or memory for one that can be written.
 */
#ifndef LISTENAS_RULES_ACCEPT_PLAN_H
#define LISTENAS_RULES_ACCEPT_PLAN_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "../profile/profile.h"

/* Of accept_verdict what can differ between usual calls. */
struct accept_answer {
    int flags; /* SOCK_* flags for the real call; below 0: no usual call, ask the rules */
    uint16_t why, through;
};

/* All zero: no call is usual. */
struct accept_plan {
    bool is_made;
    bool asks_flags;                    /* the listener's O_* flags, before the call */
    bool asks_before;                   /* the listener's mark and owner, before the call */
    bool asks_after;                    /* the same for a TCP connection, unless they are known from before and hold */
    bool flags_tell;                    /* the O_* flags hold as much for it (listener_may_be_shortened) */
    bool asks_peer;                     /* whether the client has reset the connection */
    struct accept_answer answers[4][2]; /* by the flags that the program passed; by the listener's O_NONBLOCK */
};

/*
 * The plan of accept or accept4 under the profile: a pure function, which puts every usual case to accept_verdict. All
 * zero where the profile needs to know more than a plan asks for.
 */
struct accept_plan accept_plan_of(const struct profile *profile, enum call call);

/* The answer for a usual call with these flags of accept4 on a listener with these O_* flags. */
static inline const struct accept_answer *accept_plan_answer(const struct accept_plan *plan, int asked,
                                                             int listener_flags)
{
    unsigned int row = (asked & SOCK_NONBLOCK ? 1u : 0) | (asked & SOCK_CLOEXEC ? 2u : 0);
    return &plan->answers[row][listener_flags & O_NONBLOCK ? 1 : 0];
}

#endif
