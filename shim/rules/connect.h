/*
 * What a platform makes of connect. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_CONNECT_H
#define LISTENAS_RULES_CONNECT_H

#include "address.h"
#include "verdict.h"

/*
 * Whether no key of PHASE_ODD can apply to the address: no odd length, no AF_UNSPEC, wildcard or multicast, no port
 * 0, no abstract or long path. `length` bytes can be read.
 */
bool connect_is_plain(const struct profile *profile, const struct sockaddr *address, socklen_t length);

/*
 * What the rule can tell before anybody reads the address; `length` as the program passed it, also if it is
 * negative.
 */
struct verdict connect_length_verdict(const struct profile *profile, const struct facts *facts, socklen_t length);

/*
 * The length of an inet address, after the state of the socket allowed connect. The arguments are those of
 * connect_verdict.
 */
struct verdict connect_form_verdict(const struct profile *profile, const struct facts *facts,
                                    const struct sockaddr *address, socklen_t length);

/* Call connect_length_verdict first. `length` bytes at `address`, at most ADDRESS_MOST, can be read. */
struct verdict connect_verdict(const struct profile *profile, const struct facts *facts, const struct sockaddr *address,
                               socklen_t length);

/* Whether an AF_UNSPEC address disconnects a datagram socket although the platform reports an error. */
bool connect_dissolves(const struct facts *facts, const struct sockaddr *address, socklen_t length);

/* Whether this client's SYN gets no answer from a port that is bound and does not listen. */
bool connect_may_be_dropped(const struct profile *profile, const struct facts *facts);

/* Whether a real call with an address of this family must not wait for room in the listener's queue. */
bool connect_must_not_wait(const struct profile *profile, int family);

/*
 * After the kernel refused the call with `error`; `facts` as they are then. `length` bytes at `address` can be read;
 * `other_file`: the path leads to a file that is no socket. DECIDE_CALL: the error stands.
 */
struct verdict connect_failed_verdict(const struct profile *profile, const struct facts *facts,
                                      const struct sockaddr *address, socklen_t length, bool other_file, int error);

#endif
