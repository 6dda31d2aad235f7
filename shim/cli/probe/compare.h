/*
 * Compares what was measured with what the built-in profiles say.
 */
#ifndef LISTENAS_CLI_PROBE_COMPARE_H
#define LISTENAS_CLI_PROBE_COMPARE_H

#include "../../profile/builtin.h"
#include "../../profile/loader/annotated_profile.h"
#include "measured.h"

/* The built-in profiles as their files have them. */
struct comparison {
    struct annotated_profile *of; /* `builtin_count` of them */
    int own;                      /* the one that speaks of the machine of the report; -1: none does */
    int nearest;                  /* the one that differs in the fewest keys */
};

/* Loads them all and compares them. False without memory. comparison_free releases them. */
bool comparison_load(struct comparison *comparison, const struct report *report, const struct measured *measured);
void comparison_free(struct comparison *comparison);

/* What was measured of a key, or of the key that its word refers to: "same" is what TCP's key has. */
const char *measured_meaning(const struct measured *measured, enum key key);

/*
 * Whether a profile says something else of a key that was measured. One that leaves it to the kernel says what Linux
 * does, or nothing, where that depends on the host.
 */
bool differs(const struct annotated_profile *said, const struct measured *measured, enum key key);

/*
 * Why Linux cannot keep what was measured, NULL if it can: as keys.def, or a built-in profile that promises the same,
 * has it.
 */
const char *hindrance(const struct comparison *comparison, const struct measured *measured, enum key key);

#endif
