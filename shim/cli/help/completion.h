/*
 * Completions, a file for each shell.
 */
#ifndef LISTENAS_CLI_HELP_COMPLETION_H
#define LISTENAS_CLI_HELP_COMPLETION_H

/* Each prints what its shell reads, on stdout. */
void bash_print(void);
void zsh_print(void);
void fish_print(void);

#endif
