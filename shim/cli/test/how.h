/*
 * How a run went, apart from its result: verdicts in addition to pass and fail, a row of how.def for each.
 */
#ifndef LISTENAS_CLI_TEST_HOW_H
#define LISTENAS_CLI_TEST_HOW_H

#include <jansson.h>

#include "outcome.h"

enum how {
#define HOW(constant, word, text) HOW_##constant,
#include "how.def"
    HOW_COUNT
};

/* Appends the word of each that is true of the outcome to an array. */
void how_it_ran(json_t *words, const struct outcome *outcome);

#endif
