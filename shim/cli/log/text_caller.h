/*
 * Where in the program a call comes from, as the text printer says it.
 */
#ifndef LISTENAS_CLI_LOG_TEXT_CALLER_H
#define LISTENAS_CLI_LOG_TEXT_CALLER_H

#include "printer.h"

/* Adds the innermost frame to the line of a call; nothing for NULL. */
void print_caller(struct printer *printer, const struct caller *caller);

/* Prints the other frames, a line each, the first time that the site is met. */
void print_stack(struct printer *printer, struct caller *caller);

#endif
