/*
 * getopt_long with our own messages: a wrong option gets the nearest right one.
 */
#ifndef LISTENAS_CLI_OPTIONS_H
#define LISTENAS_CLI_OPTIONS_H

#include <getopt.h>

/*
 * The next option, or -1 at the end, or '?' after a mistake, which has been told. Stops at the first word that is no
 * option if `letters` begins with '+'. `letters` must have the ':' that keeps getopt_long from speaking itself.
 */
int next_option(int count, char **arguments, const char *letters, const struct option *options);

#endif
