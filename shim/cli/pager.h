/*
 * A pager between the command and a terminal.
 */
#ifndef LISTENAS_CLI_PAGER_H
#define LISTENAS_CLI_PAGER_H

/*
 * Gives stdout to the pager, if stdout is a terminal: PAGER, by the shell, or less; with neither, or if PAGER is empty
 * or "cat", does nothing. less ends at once where all fits on the screen, unless LESS says otherwise.
 */
void pager_start(void);

/* Writes what is left and waits until the pager has ended. */
void pager_end(void);

#endif
