/*
 * A profile of what was measured.
 */
#ifndef LISTENAS_CLI_PROBE_WRITE_H
#define LISTENAS_CLI_PROBE_WRITE_H

#include "compare.h"

/* Prints the profile on stdout. */
void write_profile(const struct report *report, const struct measured *measured, const struct comparison *comparison);

#endif
