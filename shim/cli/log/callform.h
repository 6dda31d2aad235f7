/*
 * A call as people write it.
 */
#ifndef LISTENAS_CLI_LOG_CALLFORM_H
#define LISTENAS_CLI_LOG_CALLFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "../../ring/ring.h"

/* Writes flags of accept4 such as "SOCK_CLOEXEC"; what has no name as a number. */
void format_flags(int flags, char *text, size_t size);

/* Whether the call of this name is setsockopt or getsockopt. */
bool is_option_call(const char *name);

/* Writes such as "listen(3, 5)", "bind(3, 127.0.0.1:80)", "accept4(3, SOCK_CLOEXEC)"; `name` is the call's. */
void format_call(const char *name, const struct record *record, char *text, size_t size);

/* Writes what the program got: a number, or the name of an error. */
void format_result(const struct record *record, char *text, size_t size);

#define KEYS_TEXT (2 * KEY_NAME_SIZE + 16)

/* Writes "; by KEY", "; by KEY and KEY" or nothing: the keys that made a difference. KEYS_TEXT bytes are enough. */
void format_keys(const struct ring *ring, const struct record *record, char *text, size_t size);

#endif
