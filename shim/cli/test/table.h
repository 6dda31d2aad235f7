/*
 * The table of platforms that grows while a test runs.
 */
#ifndef LISTENAS_CLI_TEST_TABLE_H
#define LISTENAS_CLI_TEST_TABLE_H

#include <stddef.h>

#include "document.h"
#include "plan.h"

/* Prints the heading on standard output. */
void table_begin(void);

/* Prints the row of native: how many cases pass, and how many do not. */
void table_native(size_t passed, size_t failed, double seconds);

/* Prints the whole table of a document. */
void table_all(const json_t *document);

/* Prints the row of a platform: passed, differ, causes, and the seconds that it took. */
void table_row(const json_t *document, const char *platform, double seconds);

/*
 * Shows how far the work is, in the last line of a terminal on standard error; nothing where that is none. An empty
 * text takes the line away.
 */
void table_progress(const char *text);

/* Prints what was found, by cause, and what proves nothing. `kept`: the directory of what was kept. */
void findings_print(const json_t *document);

#endif
