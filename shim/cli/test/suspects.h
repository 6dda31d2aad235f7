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

/*
 * Those that the platform sets and that did not act in the records: kernel-wide settings, and what leaves no trace.
 */
void suspects_of_profile(struct suspects *suspects, const struct annotated_profile *annotated, const struct acts *acts);

/* LISTENAS_SET with each of the suspects whose `without` is true left to the kernel; the caller's. */
char *suspects_set(const struct suspects *suspects, const bool *without);

#endif
