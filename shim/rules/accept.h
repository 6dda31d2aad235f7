/*
 * What a platform makes of accept: before the real call, after it failed, and of the connection and its address.
 * Pure, as all rules.
 */
#ifndef LISTENAS_RULES_ACCEPT_H
#define LISTENAS_RULES_ACCEPT_H

#include "../kernel/socket_options.h"
#include "verdict.h"

enum memory { MEMORY_GOOD, MEMORY_NULL, MEMORY_BAD };

/* The call as the program made it, and the state of its listener. */
struct accept_facts {
    bool is_accept4;
    int asked;           /* the flags that the program passed to accept4 */
    int flags;           /* the listener's O_* flags */
    bool close_on_exec;  /* FD_CLOEXEC of the listener */
    bool wants_address;  /* the program passed an address that is not NULL */
    enum memory length;  /* whether *length can be read */
    int room;            /* *length as the program passed it, if it can be read */
    bool address_is_bad; /* the address cannot be written */
    bool posted;         /* shutdown posted an error to the listener */
};

/* How the program's address and length reach the real call. */
enum passing {
    PASS_AS_IS,
    PASS_NEITHER,    /* NULL for both */
    PASS_OWN_LENGTH, /* the largest possible length, in place of a negative one */
};

struct accept_verdict {
    struct verdict verdict;
    enum key through; /* beside `why`: the key by which accept4 passes on what accept passes on, or KEY_NONE */
    int flags;        /* SOCK_* flags for the real call */
    bool set_async;   /* set O_ASYNC on the connection */
    bool set_owner;   /* give the connection the listener's owner (F_SETOWN) */
    enum passing passing;
    bool leaks;       /* leave the connection open and tell the program EFAULT */
    int memory_error; /* replaces EFAULT or EINVAL of the kernel; 0 keeps them */
};

struct accept_verdict accept_verdict(const struct profile *profile, const struct accept_facts *facts);

/* Whether Linux's accept4 knows these flags. It refuses others with EINVAL before it checks anything else. */
bool accept_flags_are_known(int flags);

/* The part of accept_verdict that judges the program's memory. */
void accept_judge_memory(struct accept_verdict *it, const struct profile *profile, const struct accept_facts *facts);

/*
 * After the real call failed with `error`. DECIDE_FAIL replaces the errno, DECIDE_WAIT waits until a connection is
 * queued and calls again, DECIDE_CALL keeps the errno. `facts` are those that the call's needs name; `queued`: a
 * connection waits.
 */
struct verdict accept_failed_verdict(const struct profile *profile, const struct facts *facts, bool queued, int error);

/*
 * Whether accept goes on waiting although the kernel has ended the wait with EAGAIN by the listener's SO_RCVTIMEO.
 * `flags` as in struct accept_facts.
 */
bool accept_outlasts(const struct profile *profile, int flags);

/* Whether SO_RCVTIMEO of the listener ends a waiting accept. */
bool accept_times_out(const struct profile *profile);

/* What became of a connection while it was queued. END_SHORTENED: a listen with a smaller backlog reset it. */
enum end { END_NONE, END_RESET, END_CLOSED, END_SHORTENED };

/* Judges a connection with this end. DECIDE_SKIP: close it and accept the next one. */
struct verdict accepted_verdict(const struct profile *profile, enum end end);

/* The address length to return when accepted_verdict fails the call; the program passed `room`. */
socklen_t accepted_length(const struct profile *profile, socklen_t room);

/* What to do with the options of a group beyond what the kernel does. INHERIT_EARLY: ask early_inheritance. */
enum inheritance { INHERIT_LEAVE, INHERIT_COPY, INHERIT_CLEAR, INHERIT_EARLY };

/* What happens to the options of a group; `local`: the connection is AF_UNIX. */
enum inheritance accept_inheritance(const struct profile *profile, bool local, enum option_group group);

/* For an option that connections get as it was at listen; `late`: the program has set it since. */
enum inheritance early_inheritance(bool local, bool late);

/* The mark bit (kernel/mark.h) that a listener gets when the program sets this time-out on it, or 0. */
int late_timeout_mark(const struct profile *profile, int level, int name);

struct address_verdict {
    struct verdict verdict;
    socklen_t length; /* to return to the program */
    socklen_t kept;   /* bytes of the kernel's address that stay */
    socklen_t filled; /* bytes to fill in all: those after the kept ones become zero */
};

/*
 * Whether every platform gives an address of the family `domain` (AF_UNSPEC: not known) as the kernel did: one of
 * another family than AF_UNIX for which there was room. The usual case, so that it costs no call.
 */
static inline bool accept_address_stands(int domain, socklen_t length, socklen_t room)
{
    return domain != AF_UNIX && domain != AF_UNSPEC && length <= room && length > sizeof(sa_family_t);
}

/*
 * For an address of `length` bytes that the kernel wrote; the program had `room` for it. `local`: it is AF_UNIX;
 * `end` as for accepted_verdict.
 */
struct address_verdict accepted_address_verdict(const struct profile *profile, bool local, enum end end,
                                                socklen_t length, socklen_t room);

#endif
