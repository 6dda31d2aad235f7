/*
 * What may stand for a value of an option: the words that completions offer.
 */
#ifndef LISTENAS_CLI_HELP_WORDS_H
#define LISTENAS_CLI_HELP_WORDS_H

/* Prints the words of a kind, VERB, PROFILE or KEY, a line each. Returns 0, or STATUS_USAGE after a report. */
int words_print(const char *kind);

#endif
