/*
 * getopt_long by a verb's table, with the command's own messages: an unknown option gets the nearest known one.
 */
#ifndef LISTENAS_CLI_OPTIONS_H
#define LISTENAS_CLI_OPTIONS_H

#include <getopt.h> /* optarg, optind */

#include "verb.h"

/*
 * Returns the letter of the next option; -1 at the end; OPTION_HELP after it has printed the verb's help; or '?' after
 * a mistake, which it has reported.
 */
int next_option(int count, char **arguments, const struct verb *verb);

#endif
