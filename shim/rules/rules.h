/*
 * What a platform makes of a call: pure functions of the profile, the socket's facts and the call's
 * arguments. They make no system call, read no global and no clock, and may be called from a signal handler.
 */
#ifndef LISTENAS_RULES_RULES_H
#define LISTENAS_RULES_RULES_H

#include <stdbool.h>
#include <sys/socket.h>

#include "../facts/facts.h"
#include "../profile/profile.h"

/* The longest address that the BSDs look at: one byte held its length (SOCK_MAXADDRLEN). */
#define ADDRESS_MOST 255

enum decision {
    DECIDE_CALL,    /* make the real call */
    DECIDE_SUCCEED, /* make none and report success */
    DECIDE_FAIL,    /* make none and report `error` */
};

struct verdict {
    enum decision decision;
    int error;    /* an errno, for DECIDE_FAIL */
    enum key why; /* the key that made a difference, or KEY_NONE */
};

struct listen_verdict {
    struct verdict verdict; /* its `why`: what made `legal` differ from what was asked, or forbade the call */
    int legal;              /* the backlog that the platform makes of the one that was asked */
    int capacity;           /* connections that its queue then holds; 0 if that is left to the kernel */
    int backlog;            /* what the real call is given */
    enum key why_backlog;   /* the key that made `backlog` differ from `legal` */
    bool limited;           /* the kernel's own limit keeps the queue shorter than the platform's */
    bool keep_port;         /* first bind the socket to the port that it had before its connect failed or it was shut */
    bool watched;           /* a full queue refuses or resets, so the refuser is told of this listener */
    bool resets;            /* it resets */
    bool shortens;          /* connections that are queued beyond `remaining` are reset */
    int remaining;
};

/* `facts` of the socket, `backlog` as the program passed it. */
struct listen_verdict listen_verdict(const struct profile *profile, const struct facts *facts, int backlog);

/* After a real call that failed with `error`; `facts` from before it, zero of a bad descriptor. DECIDE_FAIL gives
 * another error in its place. */
struct verdict listened_verdict(const struct profile *profile, const struct facts *facts, int error);

/* Connections that the formula gives for a legal backlog, 0..INT_MAX. */
int formula_capacity(const struct formula *formula, int backlog);

struct bind_verdict {
    struct verdict verdict;
    bool own_family;  /* give the kernel the address with the socket's own family written into it */
    socklen_t length; /* of the address to give the kernel; 0 for the program's own */
};

/*
 * What can be told before the address is looked at. `null`: the program passed a NULL address; `length` as it passed
 * it, a negative one included.
 */
struct verdict bind_length_verdict(const struct profile *profile, const struct facts *facts, bool null,
                                   socklen_t length);

/*
 * Comes after bind_length_verdict. The caller has made sure that `length` bytes at `address`, at most ADDRESS_MOST,
 * can be read.
 */
struct bind_verdict bind_verdict(const struct profile *profile, const struct facts *facts,
                                 const struct sockaddr *address, socklen_t length);

/*
 * The length to give the kernel of an AF_UNIX address that is longer than Linux takes, but whose path, at `path`, ends
 * before: 0 for the program's own `length`, which is left where `beyond` does not say "ok".
 */
socklen_t unix_length(struct value beyond, const char *path, socklen_t length);

/* Of a bind that the kernel refused with `error`. DECIDE_CALL: that error stands. */
struct verdict bind_failed_verdict(const struct profile *profile, const struct facts *facts,
                                   const struct sockaddr *address, int error);

/*
 * Of a bind to an AF_UNIX path that exists; `dangling`: as a symbolic link to nothing. DECIDE_SUCCEED: bind to what it
 * names.
 */
struct verdict path_taken_verdict(const struct profile *profile, bool dangling);

/* Whether the file of a new AF_UNIX socket is to be open to everybody. */
bool path_is_everybodys(const struct profile *profile);

/* What becomes of a socket call that failed with `error`: DECIDE_FAIL with the platform's errno, or DECIDE_CALL. */
struct verdict socket_verdict(const struct profile *profile, int type, int error);

/* The IPV6_V6ONLY to set on a new socket: 0 or 1, or -1 to leave it. */
int socket_v6only(const struct profile *profile, int domain, int type);

/*
 * Of setting an option of a socket of the family `domain`; `clears`: what is set is 0. DECIDE_CALL: the kernel's answer
 * stands.
 */
struct verdict socket_option_verdict(const struct profile *profile, int domain, int level, int name, bool clears);

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

/*
 * Whether a TCP socket is one that the BSDs have taken the protocol's state from: its connect failed, its connection
 * has ended, or it was shut down for sending, as a listener or before it had one.
 */
static inline bool tcp_is_lost(const struct facts *facts)
{
    return facts->connect_failed || facts->shut_down;
}

/* Whether SO_ACCEPTCONN, which the kernel gave as 0, is still on: `facts` by the needs of the call. */
bool still_accepts(const struct profile *profile, const struct facts *facts);

/* What getsockopt gives where the kernel gave `number`: its first int, be it the whole or l_onoff of struct linger. */
int option_value(const struct profile *profile, int level, int name, int number);

/* Whether the option is a buffer's size, which the kernel gives as twice the size that was set, and the platform does
 * not. */
bool option_is_doubled(const struct profile *profile, int level, int name);

/* The verdict that a key's value is by itself: an errno fails, "ok" and "ignore" succeed, all else calls. */
struct verdict value_verdict(struct value value, enum key key);

/* Likewise where the other words say what the kernel does anyway: an errno fails, all else calls. */
struct verdict refusal_verdict(struct value value, enum key key);

#endif
