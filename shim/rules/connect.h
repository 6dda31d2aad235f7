/*
 * What a platform makes of connect. Pure, as rules.h says.
 */
#ifndef LISTENAS_RULES_CONNECT_H
#define LISTENAS_RULES_CONNECT_H

#include "rules.h"

/* Whether the profile says anything of connect: if not, the call is to be left alone. */
bool connect_in_force(const struct profile *profile);

/* What a connecting socket is, beside its facts. */
struct attempt {
    bool connecting; /* an earlier connect is under way */
    bool lost;       /* an earlier connect failed, or its connection has ended */
};

/* What can be told before the address is looked at; `length` as the program passed it, a negative one included. */
struct verdict connect_length_verdict(const struct profile *profile, const struct facts *facts, socklen_t length);

/*
 * Of the length of an inet address, once the state of the socket lets it connect. The arguments are those of
 * connect_verdict.
 */
struct verdict connect_form_verdict(const struct profile *profile, const struct facts *facts,
                                    const struct sockaddr *address, socklen_t length);

/* Comes after connect_length_verdict. `length` bytes at `address`, at most ADDRESS_MOST, can be read. */
struct verdict connect_verdict(const struct profile *profile, const struct facts *facts, const struct attempt *attempt,
                               const struct sockaddr *address, socklen_t length);

/*
 * Whether the address, of the family AF_UNSPEC, takes a datagram socket's peer away although the platform reports an
 * error.
 */
bool connect_dissolves(const struct facts *facts, const struct sockaddr *address, socklen_t length);

/* Whether a port that is bound and does not listen leaves this client's SYN without an answer. */
bool connect_may_be_dropped(const struct profile *profile, const struct facts *facts);

/* Whether the real call must not wait for room in an AF_UNIX listener's queue. */
bool connect_must_not_wait(const struct profile *profile, const struct facts *facts);

/* Of a call that the kernel refused with `error`; `other_file`: the path leads to what is no socket.
 * DECIDE_CALL: the error stands. */
struct verdict connect_failed_verdict(const struct profile *profile, const struct facts *facts, bool other_file,
                                      int error);

#endif
