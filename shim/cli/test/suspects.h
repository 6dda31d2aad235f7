/*
 * The keys that may be the cause of a difference, the likeliest first.
 */
#ifndef LISTENAS_CLI_TEST_SUSPECTS_H
#define LISTENAS_CLI_TEST_SUSPECTS_H

#include <jansson.h>
#include <stddef.h>

#include "acts.h"

struct suspects {
    enum key key[KEY_COUNT];
    size_t count;
};

/*
 * Those that acted in a run: first what was a cause before (`causes`, arrays of key names), then what made a call fail
 * that Linux lets succeed, then what acted least often.
 */
void suspects_of_acts(struct suspects *suspects, const struct acts *acts, const json_t *causes);

/* Adds those that the platform sets for the whole kernel ([host]); no record tells of them. */
void suspects_add_host(struct suspects *suspects, const struct annotated_profile *annotated);

/* Adds all others that the platform sets: some act and leave no trace. */
void suspects_add_all(struct suspects *suspects, const struct annotated_profile *annotated);

/* LISTENAS_SET with each of the suspects whose `without` is true left to the kernel; the caller's. */
char *suspects_set(const struct suspects *suspects, const bool *without);

#endif
