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
    socklen_t length; /* of the address for the kernel; 0 for the program's own */
};

/*
 * What the rule can tell before anybody reads the address. `null`: the program passed NULL; `length` as the program
 * passed it, also if it is negative.
 */
struct verdict bind_length_verdict(const struct profile *profile, const struct facts *facts, bool null,
                                   socklen_t length);

/*
 * Call bind_length_verdict first. The caller has made sure that `length` bytes at `address`, at most ADDRESS_MOST,
 * can be read.
 */
struct bind_verdict bind_verdict(const struct profile *profile, const struct facts *facts,
                                 const struct sockaddr *address, socklen_t length);

/* After the kernel refused the bind with `error`. DECIDE_CALL: the error stands. */
struct verdict bind_failed_verdict(const struct profile *profile, const struct facts *facts,
                                   const struct sockaddr *address, int error);

/*
 * After a bind to an AF_UNIX path that exists; `dangling`: the path is a symbolic link to nothing. DECIDE_FOLLOW:
 * bind to the link's target.
 */
struct verdict path_taken_verdict(const struct profile *profile, bool dangling);

/* Whether everybody may connect to the file of a new AF_UNIX socket. */
bool path_is_everybodys(const struct profile *profile);

#endif
