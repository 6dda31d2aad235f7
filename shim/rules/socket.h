/*
 * What a platform makes of socket. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_SOCKET_H
#define LISTENAS_RULES_SOCKET_H

#include "verdict.h"

/* After socket failed with `error`: DECIDE_FAIL with the platform's errno, or DECIDE_CALL. */
struct verdict socket_verdict(const struct profile *profile, int type, int error);

/* The IPV6_V6ONLY for a new socket: 0, 1, or -1 to leave it. */
int socket_v6only(const struct profile *profile, int domain, int type);

#endif
