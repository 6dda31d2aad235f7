/*
 * What is made of the verbs' tables in addition to --help.
 */
#ifndef LISTENAS_CLI_HELP_HELP_H
#define LISTENAS_CLI_HELP_HELP_H

#include "../verb.h"

/* Prints the list of verbs. */
void help_print_all(void);

/* Prints the manual page of a verb in man(7)'s language; that of the command for NULL. */
void man_print(const struct verb *verb);

/* Prints what a shell reads to complete the command's words. Returns 0, or STATUS_USAGE after a report. */
int completion_print(const char *shell);

#endif
