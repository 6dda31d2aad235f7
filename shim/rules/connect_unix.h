/*
 * The part of connect's rule for AF_UNIX.
 */
#ifndef LISTENAS_RULES_CONNECT_UNIX_H
#define LISTENAS_RULES_CONNECT_UNIX_H

#include "address.h"
#include "verdict.h"

/* The arguments are those of connect_verdict, for an AF_UNIX socket. */
struct verdict connect_unix_verdict(const struct profile *profile, const struct facts *facts,
                                    const struct sockaddr *address, socklen_t length);

/* For connect_is_plain: whether a path of `size` bytes is plain. */
bool connect_unix_is_plain(const struct profile *profile, const char *path, size_t size);

#endif
