/*
 * What a platform makes of getsockname and getpeername. Pure, as rules.h says.
 */
#ifndef LISTENAS_RULES_NAMES_H
#define LISTENAS_RULES_NAMES_H

#include "verdict.h"

/* Of getsockname, before the real call. */
struct verdict socket_name_verdict(const struct profile *profile, const struct facts *facts);

/* Of getpeername, before the real call; `gone`: of an AF_UNIX connection, that its other end was closed. */
struct verdict peer_name_verdict(const struct profile *profile, bool gone);

struct name_length {
    socklen_t told;   /* the length to give back */
    socklen_t filled; /* bytes of the address in the program's memory, those that the kernel wrote included */
};

/* `local`: the name is of AF_UNIX; `length` as the kernel gave it back, `room` as the program passed it. */
struct name_length name_length(const struct profile *profile, bool local, socklen_t length, socklen_t room);

#endif
