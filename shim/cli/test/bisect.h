/*
 * Delta debugging: which of several suspects must be taken away so that a case passes.
 */
#ifndef LISTENAS_CLI_TEST_BISECT_H
#define LISTENAS_CLI_TEST_BISECT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the case passes without those suspects whose `without` is true. May be slow; is asked nothing twice in a row.
 */
typedef bool (*bisect_test)(const bool *without, void *context);

/*
 * Looks for a least set: without it the case passes, without any of its proper subsets of one less it does not. The
 * first suspects are tried first. `without` (`count` of them) gets the answer. Returns false if the case does not pass
 * without all of them: then `without` says nothing. Source: Zeller and Hildebrandt, Simplifying and Isolating
 * Failure-Inducing Input, 2002 (ddmin).
 */
bool bisect(bool *without, size_t count, bisect_test test, void *context);

#endif
