/*
 * Why a process that should have the library does not.
 */
#ifndef LISTENAS_CLI_PS_MISSING_H
#define LISTENAS_CLI_PS_MISSING_H

#include "../live/scan.h"
#include "environment.h"

#define MISSING_SIZE 512

/* Whether the environment asks for the library: LD_PRELOAD names it, or a variable says what it is to do. */
bool missing_is_asked(const struct environment *environment);

/* Writes the reason, as far as it can be seen from outside. */
void missing_reason(const struct process *process, const struct environment *environment, char *text, size_t size);

#endif
