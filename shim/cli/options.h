/*
 * getopt_long with the command's own messages: an unknown option gets the nearest known one.
 */
#ifndef LISTENAS_CLI_OPTIONS_H
#define LISTENAS_CLI_OPTIONS_H

#include <getopt.h>

/*
 * Returns the next option, -1 at the end, or '?' after a mistake, which it has reported. If `letters` begins with
 * '+', stops at the first word that is no option. `letters` must have the ':' that keeps getopt_long silent.
 */
int next_option(int count, char **arguments, const char *letters, const struct option *options);

#endif
