/*
 * What was broken before.
 */
#ifndef LISTENAS_CLI_TEST_BASELINE_H
#define LISTENAS_CLI_TEST_BASELINE_H

#include "document.h"

/*
 * Turns each result that differs, by the same keys, in the document of a file, too, into "known", and each case that
 * failed natively there: what remains is newly broken. Returns 0, or STATUS_USAGE after it has said what is wrong with
 * the file.
 */
int baseline_apply(json_t *document, const char *path);

#endif
