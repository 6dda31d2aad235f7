/*
 * The command line of `listenas test` and `listenas why`.
 */
#ifndef LISTENAS_CLI_TEST_OPTIONS_H
#define LISTENAS_CLI_TEST_OPTIONS_H

#include "../verb.h"
#include "plan.h"

/* What is asked for that is no plan. */
struct wish {
    const char *replay; /* an ID */
    bool merges;        /* the words are files to be merged */
};

/*
 * Reads the options of `test` into a plan, whose words are what follows them. Returns -1 to go on, or an exit status
 * after a message or the help.
 */
int test_options(struct plan *plan, struct wish *wish, int count, char **arguments);

/* The options themselves. */
extern const struct verb_option test_options_table[], why_options_table[];

/* The same of `why`; `target` gets its CASE@PLATFORM. */
int why_options(struct plan *plan, const char **target, int count, char **arguments);

#endif
