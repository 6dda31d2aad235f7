/*
 * What a platform makes of accept: before the real call, where that failed, of the connection, and of its
 * address. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_ACCEPT_H
#define LISTENAS_RULES_ACCEPT_H

#include "../kernel/socket_options.h"
#include "verdict.h"

enum memory { MEMORY_GOOD, MEMORY_NULL, MEMORY_BAD };

/* The call as the program made it, and what its listener is like. */
struct accept_facts {
    bool is_accept4;
    int asked;           /* the flags of accept4 */
    int flags;           /* the listener's O_* flags */
    bool close_on_exec;  /* the listener's */
    bool wants_address;  /* the address is not NULL */
    enum memory length;  /* whether *length can be read */
    int room;            /* *length as the program set it, where that can be read */
    bool address_is_bad; /* the address cannot be written */
    bool posted;         /* shutdown posted an error to the listener */
};

/* How the real call is given the program's address and length. */
enum passing {
    PASS_AS_IS,
    PASS_NEITHER,    /* as if the program had wanted no address */
    PASS_OWN_LENGTH, /* with a length as large as can be, in place of one below zero */
};

struct accept_verdict {
    struct verdict verdict;
    enum key through; /* beside its `why`: the key that lets accept4 pass on what accept does; KEY_NONE if none is */
    int flags;        /* SOCK_*, all that are to be given to the real call */
    bool set_async;   /* O_ASYNC is to be set on the connection */
    bool set_owner;   /* the connection is to get the listener's owner */
    enum passing passing;
    bool leaks;       /* the connection stays open, and the program is told EFAULT */
    int memory_error; /* what the kernel's EFAULT or EINVAL becomes, for this call's memory's sake; 0: itself
                       */
};

struct accept_verdict accept_verdict(const struct profile *profile, const struct accept_facts *facts);

/* Whether accept4 of Linux takes these flags. Others it refuses with EINVAL, whatever else is wrong with the call. */
bool accept_flags_are_known(int flags);

/* The part of accept_verdict that is about the program's memory. */
void accept_judge_memory(struct accept_verdict *it, const struct profile *profile, const struct accept_facts *facts);

/*
 * After a real call that failed with `error`. DECIDE_FAIL puts an errno in its place; DECIDE_WAIT asks to
 * wait until somebody is queued and to call again; DECIDE_CALL leaves it. `facts` by the
 * needs of the call, `queued` tells whether a connection waits.
 */
struct verdict accept_failed_verdict(const struct profile *profile, const struct facts *facts, bool queued, int error);

/*
 * Whether the listener's time-out, which the kernel has just made an EAGAIN of, does not count: accept is to go on
 * waiting. `flags` as in struct accept_facts.
 */
bool accept_outlasts(const struct profile *profile, int flags);

/* Whether a wait of accept ends by the listener's time-out. */
bool accept_times_out(const struct profile *profile);

/* END_SHORTENED: listen with a smaller backlog had it reset. */
enum end { END_NONE, END_RESET, END_CLOSED, END_SHORTENED };

/* Of a connection that came to this end in the queue. DECIDE_SKIP: the next one is to be accepted in its place. */
struct verdict accepted_verdict(const struct profile *profile, enum end end);

/* The address length to give back where accepted_verdict fails, of a program that passed `room`. */
socklen_t accepted_length(const struct profile *profile, socklen_t room);

/* What is to be done about the options of a group, beyond what the kernel does. INHERIT_EARLY leaves that to
 * early_inheritance. */
enum inheritance { INHERIT_LEAVE, INHERIT_COPY, INHERIT_CLEAR, INHERIT_EARLY };

/* What becomes of the options of a group, of a connection that is of AF_UNIX (`local`) or not. */
enum inheritance accept_inheritance(const struct profile *profile, bool local, enum option_group group);

/* Of an option that is passed on as it was at listen; `late`: it was set after it. */
enum inheritance early_inheritance(bool local, bool late);

/* The bit of a mark (kernel/mark.h) that a listener gets when this time-out is set on it, or 0. */
int late_timeout_mark(const struct profile *profile, int level, int name);

struct address_verdict {
    struct verdict verdict;
    socklen_t length; /* to be returned */
    socklen_t kept;   /* so many of the kernel's bytes stand */
    socklen_t filled; /* so many bytes are there: those behind the kept ones are zero */
};

/*
 * Of an address of `length` bytes that the kernel gave to a program with `room` for it. `local`: it is AF_UNIX; `end`
 * as for accepted_verdict.
 */
struct address_verdict accepted_address_verdict(const struct profile *profile, bool local, enum end end,
                                                socklen_t length, socklen_t room);

#endif
