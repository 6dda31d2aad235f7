/*
 * Text to a width.
 */
#ifndef LISTENAS_CLI_WRAP_H
#define LISTENAS_CLI_WRAP_H

/*
 * Prints text on stdout, its lines at most `width` columns wide, and ends the last. All lines but the first begin with
 * `indent` blanks; for the first, the caller has filled `indent` columns. An empty line stays one; a line that begins
 * with a blank is printed as it is.
 */
void print_wrapped(const char *text, int indent, int width);

#endif
