/*
 * Reports of a document that the user asks for, as KIND or KIND=FILE.
 */
#ifndef LISTENAS_CLI_TEST_REPORTS_H
#define LISTENAS_CLI_TEST_REPORTS_H

#include <stdio.h>

#include "document.h"

/* A kind of report. A table of them ends with a row without a name. */
struct report_kind {
    const char *name;
    void (*write)(FILE *out, const json_t *document); /* the stream remembers what goes wrong */
    bool needs_file;
};

struct report {
    const struct report_kind *kind;
    const char *path; /* NULL: standard output */
};

#define REPORTS_MOST 8

struct reports {
    struct report of[REPORTS_MOST];
    size_t count;
};

/* Adds "KIND=FILE" or "KIND" of these kinds. Returns -1, or STATUS_USAGE after a message. */
int reports_add(struct reports *reports, const struct report_kind *kinds, const char *text);

/*
 * Writes all reports. Returns 0, or STATUS_OWN after it has said which could not be written; the others are written all
 * the same.
 */
int reports_write(const struct reports *reports, const json_t *document);

/* The kinds that `test` knows. */
extern const struct report_kind test_reports[];

void report_json(FILE *out, const json_t *document);
void report_junit(FILE *out, const json_t *document);
void report_tap(FILE *out, const json_t *document);
void report_sarif(FILE *out, const json_t *document);
void report_github(FILE *out, const json_t *document);

#endif
