/*
 * The environment that a process was started with.
 */
#ifndef LISTENAS_CLI_PS_ENVIRONMENT_H
#define LISTENAS_CLI_PS_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct environment {
    char *text; /* its variables LD_PRELOAD and LISTENAS_..., each ended by a NUL byte; NULL for none */
    size_t size;
};

/*
 * Reads it; what the process changed later is not seen. False, and empty, where it may not be read or is no environment
 * that a program can be started with. Freed by environment_free.
 */
bool environment_read(struct environment *environment, uint32_t pid);

void environment_free(struct environment *environment);

/* The value of a variable; NULL if it is not set. */
const char *environment_get(const struct environment *environment, const char *name);

/* The first of the variables that ask for the library's work, other than LD_PRELOAD; NULL if none is set. */
const char *environment_asks(const struct environment *environment);

#endif
