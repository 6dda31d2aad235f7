/*
 * Checks that the library will be loaded into the program: nothing may run without it unnoticed.
 */
#ifndef LISTENAS_CLI_RUN_PREFLIGHT_H
#define LISTENAS_CLI_RUN_PREFLIGHT_H

#include <limits.h>

#include "elf_program.h"
#include "program.h"

/*
 * Finds the program and checks it. `entry` gets the library's entry for LD_PRELOAD. Returns 0, or the exit status
 * after it has reported in one line what is wrong and what to do.
 */
int preflight(struct program *program, const char *name, char entry[PATH_MAX]);

/* Why no dynamic loader will put the library into such a file; NULL for a file that has one. Static memory. */
const char *preflight_kind_fault(const struct binary *binary);

#endif
