/*
 * How long an address may be: what the rules of bind and connect share. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_ADDRESS_H
#define LISTENAS_RULES_ADDRESS_H

#include <stddef.h>
#include <sys/socket.h>

#include "../profile/profile.h"

/* The longest address that the BSDs look at: one byte held its length (SOCK_MAXADDRLEN). */
#define ADDRESS_MOST 255

/* For an AF_UNIX address that is longer than Linux takes but whose path ends in time: the bytes of the path; else 0. */
size_t short_path(const char *path, socklen_t length);

/*
 * For such an address: the length to give the kernel, so that it ends with the path. 0 keeps the program's `length`:
 * for any other address, and where `beyond` does not say "ok".
 */
socklen_t unix_length(struct value beyond, const char *path, socklen_t length);

#endif
