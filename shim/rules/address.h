/*
 * What the rules of bind and connect share: how long an address may be. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_ADDRESS_H
#define LISTENAS_RULES_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>

#include "../profile/profile.h"

/* The longest address that the BSDs look at: one byte held its length (SOCK_MAXADDRLEN). */
#define ADDRESS_MOST 255

/* The bytes of the path of an AF_UNIX address that is longer than Linux takes but whose path ends before; else 0. */
size_t short_path(const char *path, socklen_t length);

/*
 * The length to give the kernel of an AF_UNIX address that is longer than Linux takes, but whose path, at `path`, ends
 * before: 0 for the program's own `length`, which is left where `beyond` does not say "ok".
 */
socklen_t unix_length(struct value beyond, const char *path, socklen_t length);

#endif
