/*
 * What --help prints.
 */
#ifndef LISTENAS_CLI_HELP_H
#define LISTENAS_CLI_HELP_H

#include <stddef.h>

#include "verb.h"

/* Prints the help of one verb on stdout. */
void help_print(const struct verb *verb);

/* Writes "-f, --follow" or "    --since=TIME" of an option; cut to `size` bytes. */
void help_option(char *text, size_t size, const struct verb_option *option);

/* The row of --help, which no table has. */
extern const struct verb_option help_row;

/* The section "exit status" of a verb whose table has none. */
extern const struct verb_text help_status;

/* Whether a verb's table has a section of this title. */
bool help_has_section(const struct verb *verb, const char *title);

#endif
