/*
 * What the reader's terminal can show.
 */
#ifndef LISTENAS_CLI_TERMINAL_H
#define LISTENAS_CLI_TERMINAL_H

#include <stdbool.h>

/* Columns to fill on stdout: COLUMNS, or the terminal's, from 40 to 120; 80 where there is neither. */
int terminal_columns(void);

/* Whether stdout is a terminal that shows colours, and its user wants them: NO_COLOR and TERM=dumb say no. */
bool terminal_has_colors(void);

#endif
