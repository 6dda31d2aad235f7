/*
 * Mistakes in the configuration, reported in whole sentences: file, line, key, what was expected, the nearest legal
 * word.
 */
#ifndef LISTENAS_PROFILE_LOADER_DIAGNOSTIC_H
#define LISTENAS_PROFILE_LOADER_DIAGNOSTIC_H

#include <stdbool.h>

/*
 * The diagnostics of one load. Beyond a limit they are only counted: finding the nearest word takes a thousand times
 * as long as reading a line.
 */
#define COMPLAINTS_MAX 10

struct diagnostics {
    int count;                  /* all of them, reported or not */
    char first[256];            /* the first diagnostic, cut to fit */
    void (*tell)(const char *); /* receives each diagnostic, without a newline; NULL: `first` is enough */
};

/* Whether the next diagnostic will be reported or kept; if not, the caller need not compose it. False for NULL. */
bool diagnostics_are_heard(const struct diagnostics *diagnostics);

/* Ends a load: reports how many diagnostics were only counted, if any. */
void diagnostics_end(const struct diagnostics *diagnostics);

/* Where a mistake is: "name:line", or the name alone if `line` is 0; unknown if `name` is NULL. */
struct spot {
    const char *name;
    int line;
};

/*
 * Adds one diagnostic, formatted as printf does and prefixed with its spot: "name:line: ...". Only counts it beyond
 * the limit. Does nothing if `diagnostics` is NULL.
 */
void diagnose_at(struct diagnostics *diagnostics, struct spot spot, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
