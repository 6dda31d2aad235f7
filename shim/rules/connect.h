/*
 * What a platform makes of connect. Pure, as rules.h says.
 */
#ifndef LISTENAS_RULES_CONNECT_H
#define LISTENAS_RULES_CONNECT_H

#include "address.h"
#include "verdict.h"

/*
 * Whether an address has nothing about it that a platform could mind: no odd length, no AF_UNSPEC, wildcard or group,
 * no port 0, no abstract or long path. Keys of PHASE_ODD have nothing to say of it. `length` bytes can be read.
 */
bool connect_is_plain(const struct profile *profile, const struct sockaddr *address, socklen_t length);

/* What can be told before the address is looked at; `length` as the program passed it, a negative one included. */
struct verdict connect_length_verdict(const struct profile *profile, const struct facts *facts, socklen_t length);

/*
 * Of the length of an inet address, once the state of the socket lets it connect. The arguments are those of
 * connect_verdict.
 */
struct verdict connect_form_verdict(const struct profile *profile, const struct facts *facts,
                                    const struct sockaddr *address, socklen_t length);

/* Comes after connect_length_verdict. `length` bytes at `address`, at most ADDRESS_MOST, can be read. */
struct verdict connect_verdict(const struct profile *profile, const struct facts *facts, const struct sockaddr *address,
                               socklen_t length);

/*
 * Whether the address, of the family AF_UNSPEC, takes a datagram socket's peer away although the platform reports an
 * error.
 */
bool connect_dissolves(const struct facts *facts, const struct sockaddr *address, socklen_t length);

/* Whether a port that is bound and does not listen leaves this client's SYN without an answer. */
bool connect_may_be_dropped(const struct profile *profile, const struct facts *facts);

/* Whether a real call with an address of this family must not wait for room in the listener's queue. */
bool connect_must_not_wait(const struct profile *profile, int family);

/*
 * Of a call that the kernel refused with `error`; `facts` from after it. `length` bytes at `address` can be read;
 * `other_file`: the path leads to what is no socket. DECIDE_CALL: the error stands.
 */
struct verdict connect_failed_verdict(const struct profile *profile, const struct facts *facts,
                                      const struct sockaddr *address, socklen_t length, bool other_file, int error);

#endif
