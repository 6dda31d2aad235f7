/*
 * Writes HTML that is well-formed XML as well. What is put into a text comes out escaped, whoever wrote it.
 */
#ifndef LISTENAS_CLI_REPORT_HTML_H
#define LISTENAS_CLI_REPORT_HTML_H

#include <stdio.h>

/*
 * As fprintf, but a text for %s is escaped, in an element and in a quoted attribute alike; what a terminal would obey
 * (visible.h), or XML may not hold, is written out as \xNN. Of the conversions only %s (plain, or %.*s), %c, %d, %u,
 * %x, %g and %f with their lengths are known; markup is in the format alone.
 */
void html(FILE *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes a text escaped in that way. */
void html_text(FILE *page, const char *text);

#endif
