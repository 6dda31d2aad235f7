/*
 * What the numbers in a ring are called.
 */
#ifndef LISTENAS_CLI_LOG_NAMES_H
#define LISTENAS_CLI_LOG_NAMES_H

#include <stdint.h>

#include "../../ring/ring.h"

/* The name of a call or key as the ring's header has it; "?" for an index that it does not have. Static memory. */
const char *call_name(const struct ring *ring, unsigned int call);
const char *key_name(const struct ring *ring, unsigned int key);

/*
 * The name of an error, "error N" for a number that has none, and what to say of a failure whose error is 0. Static
 * memory.
 */
const char *error_name(unsigned int error);

/*
 * What a listener's count of failures number `index` is of, as its table has it: an errno; "skipped" for connections
 * that accept did not give because they were reset; or all that have no count of their own, called `others`. Static
 * memory.
 */
const char *failure_name(int index, uint64_t word, const char *others);

/* The name of an address family such as "AF_INET", or NULL for one that is not ours. */
const char *family_name(unsigned int family);

/* The socket option that a record of setsockopt or getsockopt is about. Static memory. */
const char *option_name(const struct record *record);

#endif
