/*
 * What a platform makes of bind. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_BIND_H
#define LISTENAS_RULES_BIND_H

#include "address.h"
#include "verdict.h"

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

/* Of a bind that the kernel refused with `error`. DECIDE_CALL: that error stands. */
struct verdict bind_failed_verdict(const struct profile *profile, const struct facts *facts,
                                   const struct sockaddr *address, int error);

/*
 * Of a bind to an AF_UNIX path that exists; `dangling`: as a symbolic link to nothing. DECIDE_FOLLOW: bind to what it
 * names.
 */
struct verdict path_taken_verdict(const struct profile *profile, bool dangling);

/* Whether the file of a new AF_UNIX socket is to be open to everybody. */
bool path_is_everybodys(const struct profile *profile);

#endif
