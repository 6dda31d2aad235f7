/*
 * What every rule returns. A rule decides what a platform makes of a call: a pure function of the profile, the socket's
 * facts and the call's arguments. It makes no system call, reads no global and no clock, and may be called from a
 * signal handler.
 */
#ifndef LISTENAS_RULES_VERDICT_H
#define LISTENAS_RULES_VERDICT_H

#include <stdbool.h>
#include <sys/socket.h>

#include "../kernel/facts.h"
#include "../profile/profile.h"

enum decision {
    DECIDE_CALL,    /* make the real call; after it: its result stands */
    DECIDE_SUCCEED, /* make no real call and report success */
    DECIDE_FAIL,    /* report `error`, without the real call or in place of its result */
    DECIDE_ANSWER,  /* getsockopt: make no real call and give the program the verdict's own value */
    DECIDE_INSTALL, /* an accept filter: install the verdict's */
    DECIDE_SHARE,   /* bind that met EADDRINUSE: bind again so that both sockets share the port */
    DECIDE_FOLLOW,  /* bind that met EADDRINUSE: bind to the target of the symbolic link at the path */
    DECIDE_WAIT,    /* accept that failed: wait until a connection is queued, and call again */
    DECIDE_SKIP,    /* an accepted connection: close it and accept the next one */
};

struct verdict {
    enum decision decision;
    int error;    /* an errno, for DECIDE_FAIL */
    enum key why; /* the key that made a difference, or KEY_NONE */
};

/*
 * Whether the BSDs have taken the protocol state from a TCP socket: its connect failed, its connection ended, or it
 * was shut down for sending as a listener or before it had a connection.
 */
static inline bool tcp_is_disconnected(const struct facts *facts)
{
    return facts->connect_failed || facts->shut_down;
}

/*
 * The verdict of a value by itself: an errno fails the call, "ok" and "ignore" succeed, all else makes the real
 * call.
 */
struct verdict value_verdict(struct value value, enum key key);

/* The same where only an errno differs from what the kernel does: an errno fails, all else makes the real call. */
struct verdict refusal_verdict(struct value value, enum key key);

#endif
