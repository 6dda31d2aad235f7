/*
 * Reports of a document, each kind in a file of its own.
 */
#ifndef LISTENAS_CLI_TEST_REPORTS_H
#define LISTENAS_CLI_TEST_REPORTS_H

#include <stdio.h>

#include "document.h"
#include "plan.h"

/* Reads "KIND=FILE" or "KIND" into the plan. Returns -1, or STATUS_USAGE after a message. */
int reports_add(struct plan *plan, const char *text);

/*
 * Writes all reports of the plan. Returns 0, or STATUS_OWN after it has said which could not be written; the others are
 * written all the same.
 */
int reports_write(const struct plan *plan, const json_t *document);

/* One kind each; the stream remembers what went wrong. */
void report_json(FILE *out, const json_t *document);
void report_junit(FILE *out, const json_t *document);
void report_tap(FILE *out, const json_t *document);
void report_sarif(FILE *out, const json_t *document);
void report_github(FILE *out, const json_t *document);

#endif
