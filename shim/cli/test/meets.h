/*
 * Whether a call met a promise that cannot be kept.
 */
#ifndef LISTENAS_CLI_TEST_MEETS_H
#define LISTENAS_CLI_TEST_MEETS_H

#include "../../profile/loader/annotated_profile.h"
#include "../../ring/ring.h"

/*
 * Marks in `is_met` each key whose promise `annotated` has as not enforced and which the record of `call` met
 * (meets.def).
 */
void meets_mark(bool is_met[KEY_COUNT], const struct annotated_profile *annotated, const char *call,
                const struct record *record);

#endif
