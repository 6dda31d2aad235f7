/*
 * All runs of a test: natively first, then as each platform.
 */
#ifndef LISTENAS_CLI_TEST_SESSION_H
#define LISTENAS_CLI_TEST_SESSION_H

#include "document.h"
#include "plan.h"
#include "units.h"

/*
 * Does them, prints the table meanwhile, and returns the document. If a signal ends it (pool_signal), the document has
 * what was known by then, and says so.
 */
json_t *session_run(const struct plan *plan, const struct units *units);

#endif
