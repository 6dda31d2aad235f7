/*
 * Mistakes in configuration, told in whole sentences: file, line, key, what was expected, the nearest legal word.
 */
#ifndef LISTENAS_PROFILE_LOADER_DIAGNOSTIC_H
#define LISTENAS_PROFILE_LOADER_DIAGNOSTIC_H

#include <stdbool.h>

/* Of one load. Further ones are counted, but not composed: to look for the nearest word takes a thousand times as long
 * as to read a line. */
#define COMPLAINTS_MAX 20

struct diagnostics {
    int count;                  /* all of them, told or not */
    char first[256];            /* the first diagnostic, cut to fit */
    void (*tell)(const char *); /* is given each diagnostic as it arises, without a newline; NULL: `first` is enough */
};

/*
 * Whether the next diagnostic will be told or kept. If not, its parts need not be looked for. False for NULL, which
 * stands for mistakes that are told elsewhere.
 */
bool diagnostics_are_heard(const struct diagnostics *diagnostics);

/* Ends a load: tells how many diagnostics were not told, if any were not. */
void diagnostics_end(const struct diagnostics *diagnostics);

/* Where a mistake is: "name:line", or the name alone where `line` is 0; nowhere in particular where `name` is NULL. */
struct spot {
    const char *name;
    int line;
};

/*
 * Adds one diagnostic, formatted as printf does, of something at a spot, which is told before it: "name:line: ...".
 * Counts it only, where it is not heard. Does nothing if `diagnostics` is NULL.
 */
void diagnose_at(struct diagnostics *diagnostics, struct spot spot, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
