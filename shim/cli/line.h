/*
 * Lines on stdout that fit the terminal: text is wrapped at blanks where the width is known. Elsewhere, as in a pipe, a
 * line stays one line, for grep and its like.
 */
#ifndef LISTENAS_CLI_LINE_H
#define LISTENAS_CLI_LINE_H

/*
 * The columns that a line may have: terminal_columns where stdout is a terminal or COLUMNS is set; else 0, any number.
 */
int line_width(void);

/* A line that is being printed. Begin one with {.width = line_width()}. */
struct line {
    int width, column;
};

/*
 * Prints a text that may come from a file, safe for a terminal (visible.h). Where it is too wide it goes on in the next
 * line, at the column `indent`; a word that is wider than a line is not broken.
 */
void line_put(struct line *line, const char *text, int indent);

/* The same for a text that is moved to the next line rather than broken. */
void line_put_whole(struct line *line, const char *text, int indent);

/* Goes on at this column, with a blank where the line is there or beyond. */
void line_tab(struct line *line, int column);

/* Goes on in the next line at this column. */
void line_next(struct line *line, int column);

void line_end(struct line *line);

/* The columns that a text takes once it is visible, each character of UTF-8 as one. */
int line_columns(const char *text);

#endif
