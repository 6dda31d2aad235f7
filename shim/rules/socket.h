/*
 * What a platform makes of socket. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_SOCKET_H
#define LISTENAS_RULES_SOCKET_H

#include "verdict.h"

/* What becomes of a socket call that failed with `error`: DECIDE_FAIL with the platform's errno, or DECIDE_CALL. */
struct verdict socket_verdict(const struct profile *profile, int type, int error);

/* The IPV6_V6ONLY to set on a new socket: 0 or 1, or -1 to leave it. */
int socket_v6only(const struct profile *profile, int domain, int type);

#endif
