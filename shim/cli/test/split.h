/*
 * How the cases of a test framework are listed, and how one of them is run.
 */
#ifndef LISTENAS_CLI_TEST_SPLIT_H
#define LISTENAS_CLI_TEST_SPLIT_H

#include "outcome.h"
#include "plan.h"

struct split {
    const char *name;
    /*
     * Makes the unit that lists the cases, of the user's command. Returns NULL, or what the command lacks, in words. A
     * framework without such a function is not listed: the command is one unit.
     */
    const char *(*lister)(char *const *words, struct unit *unit);
    /* Adds a unit for each case that a run of the lister printed, of the user's command. */
    void (*read)(struct units *units, char *const *words, const struct outcome *listed);
    enum reading reading; /* of the command as one unit, where there is no lister */
};

extern const struct split split_check, split_ctest, split_node, split_pytest, split_tap;

/* Finds a split by its name; NULL after it has said which there are. */
const struct split *split_find(const char *name);

#endif
