/*
 * Programs that may forbid themselves system calls: these get their ring before they start, because the calls that make
 * one would be among the forbidden.
 */
#ifndef LISTENAS_CLI_RUN_SANDBOX_H
#define LISTENAS_CLI_RUN_SANDBOX_H

#include <stdbool.h>

/*
 * Whether the ELF file at `path` imports a function by which a process can enter seccomp(2)'s modes. A plugin, or a
 * library that does it for the program, is not looked at.
 */
bool sandbox_may_come(const char *path);

#endif
