/*
 * The page of a ring, part by part.
 */
#ifndef LISTENAS_CLI_REPORT_PAGE_H
#define LISTENAS_CLI_REPORT_PAGE_H

#include <stdio.h>

#include "../view/view.h"

struct page {
    FILE *file;
    const struct view *view;
    const char *path;    /* of the ring, to be shown */
    unsigned int charts; /* that were written */
};

/* Writes all of it. Returns false where there is no memory; whether writing failed, ferror tells. */
bool page_write(struct page *page);

/* What the record lacks, and what would give it; nothing if it lacks nothing. */
void lacks_write(struct page *page);

/* A section for one listener: what it is, its queue over time, its connections, failures, and clients turned away. */
bool listener_write(struct page *page, const struct listener *listener);

/* The charts of that section. */
bool listener_charts_write(struct page *page, const struct listener *listener);

/* What each key changed, and why. */
bool changes_write(struct page *page);

/* The processes. */
void processes_write(struct page *page);

/* The last calls that failed or were changed. */
void calls_write(struct page *page);

/* "1 call", "2 calls": the word with an s where it stands for several. */
void html_count(FILE *file, uint64_t count, const char *word);

#endif
