/*
 * A line of the log for a person: put together piece by piece, and folded where it is too long for the terminal.
 */
#ifndef LISTENAS_CLI_LOG_TEXT_LINE_H
#define LISTENAS_CLI_LOG_TEXT_LINE_H

#include <stddef.h>

#define LINE_SIZE 16384

/* All zero is an empty line. */
struct text_line {
    char text[LINE_SIZE];
    size_t length;
};

/* Appends formatted text, as printf; colors (ESC [ ... m) take no column. What has no room is cut. */
void text_line_add(struct text_line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Prints the line on stdout and empties it. If it has more than `width` columns (0: any), it goes on in further lines
 * that begin with `indent` blanks: a clause, up to "; ", stays whole where that is possible, then a word.
 */
void text_line_print(struct text_line *line, int width, int indent);

/* Writes what text_line_print prints to `text` of `size` bytes, cut to fit. A pure function of its arguments. */
void text_line_fold(const char *line, int width, int indent, char *text, size_t size);

#endif
