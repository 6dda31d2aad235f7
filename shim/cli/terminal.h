/*
 * What the reader's terminal can show.
 */
#ifndef LISTENAS_CLI_TERMINAL_H
#define LISTENAS_CLI_TERMINAL_H

#include <stdbool.h>

/*
 * The columns of a line on stdout: COLUMNS, or the terminal's, 80 for one that does not tell, at least 40; 0 where
 * there is no terminal, and a line may have any length.
 */
int terminal_width(void);

/*
 * Columns to fill with running text on stdout: COLUMNS, or the terminal's, from 40 to 120; 80 where there is neither.
 */
int terminal_columns(void);

/* Whether stdout is a terminal that shows colours, and its user wants them: NO_COLOR and TERM=dumb say no. */
bool terminal_has_colors(void);

#endif
