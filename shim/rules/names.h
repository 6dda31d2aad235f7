/*
 * What a platform makes of getsockname and getpeername. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_NAMES_H
#define LISTENAS_RULES_NAMES_H

#include "verdict.h"

/* getsockname, before the real call. */
struct verdict socket_name_verdict(const struct profile *profile, const struct facts *facts);

/* getpeername, before the real call; `gone`: the peer of an AF_UNIX connection has closed it. */
struct verdict peer_name_verdict(const struct profile *profile, bool gone);

struct name_length {
    socklen_t told;   /* the length to return */
    socklen_t filled; /* bytes of the address to fill in, those that the kernel wrote included */
};

/* `local`: the name is an AF_UNIX name; `length` as the kernel returned it, `room` as the program passed it. */
struct name_length name_length(const struct profile *profile, bool local, socklen_t length, socklen_t room);

#endif
