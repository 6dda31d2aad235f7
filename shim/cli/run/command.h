/*
 * What the program gets: its environment and its words, passed on, or printed for --dry-run.
 */
#ifndef LISTENAS_CLI_RUN_COMMAND_H
#define LISTENAS_CLI_RUN_COMMAND_H

#include "launch.h"

/* Puts the library's variables into the environment; with --dry-run prints them. False where there is no memory. */
bool command_pass_environment(const struct launch *launch);

/* Prints the command, after its environment. */
void command_print(const struct launch *launch);

#endif
