/*
 * `run --strict`: nothing starts if the profile promises what cannot be kept here.
 */
#ifndef LISTENAS_CLI_RUN_STRICT_H
#define LISTENAS_CLI_RUN_STRICT_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"

/* What the options say. All zero: not strict. */
struct strict {
    bool on;
    bool some, sections[SECTION_COUNT]; /* `some`: of the keys, only those of these sections count */
};

/* Takes the name of a section whose keys count; returns -1 to go on, or STATUS_OWN after a message. */
int strict_add(struct strict *strict, const char *section);

/*
 * Reports, with --strict, each section of the profile that has keys which are not enforced, or which act under
 * --isolate alone and this is not `isolated`. `missing`: how many promises are known to be missing already. Returns 0
 * to go on, or STATUS_OWN after it has said that nothing was started.
 */
int strict_check(const struct strict *strict, const struct annotated_profile *annotated, bool isolated, int missing);

#endif
