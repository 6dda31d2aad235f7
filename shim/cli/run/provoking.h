/*
 * The errors that a run is to provoke, on their way from the options to the environment.
 */
#ifndef LISTENAS_CLI_RUN_PROVOKING_H
#define LISTENAS_CLI_RUN_PROVOKING_H

#include "../../profile/loader/annotated_profile.h"
#include "../verb.h"

/* The long options that have no letter, as getopt_long returns them. */
enum { PROVOKING_SEED = OPTION_LONG, PROVOKING_FORCE };

struct provoking {
    char *setting; /* the value of LISTENAS_PROVOKE to be; NULL for none */
    const char *seed;
    bool forced;
};

/* Begins with the setting of the environment, NULL for none. */
void provoking_begin(struct provoking *it, const char *setting);

/* Takes an option: 'P', PROVOKING_SEED or PROVOKING_FORCE. Returns -1 to go on, or an exit status after a report. */
int provoking_option(struct provoking *it, int option, const char *argument);

/*
 * Completes the setting, with a seed of its own where one is needed and none was given, which it prints; then checks
 * it. Returns 0, or an exit status after a report.
 */
int provoking_check(struct provoking *it, const struct annotated_profile *annotated);

#endif
