/*
 * Numbers that a user writes.
 */
#ifndef LISTENAS_CLI_NUMBER_H
#define LISTENAS_CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads a decimal number from `least` to `most`: digits only, the first of them not 0 unless it is the only one. False
 * for anything else; then `number` does not change.
 */
bool number_read(const char *text, uint64_t least, uint64_t most, uint64_t *number);

/* Reads the number of a process, 1 to INT_MAX. False for anything else. */
bool number_read_pid(const char *text, uint32_t *pid);

#endif
