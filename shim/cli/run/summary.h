/*
 * --summary: the program runs as a child, its record is read while it does, and what was counted is printed at its end.
 */
#ifndef LISTENAS_CLI_RUN_SUMMARY_H
#define LISTENAS_CLI_RUN_SUMMARY_H

#include <stdbool.h>

#include "../verb.h"

enum { SUMMARY_PRINT = OPTION_LONG + 64, SUMMARY_FILE };

struct summary {
    bool is_wanted;
    const char *path; /* where it is written; NULL: stderr */
};

/* Takes one of the options above. */
void summary_option(struct summary *summary, int option, const char *value);

/*
 * Runs `become` in a child, which becomes the program, or returns the exit status that it has reported. Passes on the
 * signals that are sent to this process alone; ends as the program does: with its exit status, or by its signal. `ring`
 * is the path of the record, or NULL if there is none.
 */
int summary_run(const struct summary *summary, const char *ring, int (*become)(const void *context),
                const void *context);

#endif
