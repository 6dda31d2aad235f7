/*
 * What `listenas doctor` finds out about this host: a function for each row of findings.def.
 */
#ifndef LISTENAS_CLI_DOCTOR_FINDING_H
#define LISTENAS_CLI_DOCTOR_FINDING_H

#include <stdbool.h>

enum finding_state {
    FINDING_GOOD,
    FINDING_NOTE,  /* may be as it is meant to be */
    FINDING_LACKS, /* a promise will not be kept, or a program not be served */
};

#define FINDING_TEXT 1024

/* All zero: good. */
struct finding {
    enum finding_state state;
    char found[FINDING_TEXT]; /* what is there */
    char todo[FINDING_TEXT];  /* what would help; empty if nothing need be done */
};

/* Sets all of a finding: `found` is formatted as printf does, `todo` is taken as it is. */
void finding_set(struct finding *finding, enum finding_state state, const char *todo, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define FINDING(name, needs, keys, means) void find_##name(struct finding *finding);
#include "findings.def"

#endif
