/*
 * Words of a command line as a shell reads them.
 */
#ifndef LISTENAS_CLI_RUN_SHELL_WORD_H
#define LISTENAS_CLI_RUN_SHELL_WORD_H

/* Prints a word, quoted: in '...', or in $'...' (POSIX.1-2024) if it has characters that a terminal does not show. */
void print_shell_word(const char *word);

#endif
