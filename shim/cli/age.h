/*
 * How long ago something was.
 */
#ifndef LISTENAS_CLI_AGE_H
#define LISTENAS_CLI_AGE_H

#include <stddef.h>
#include <stdint.h>

/* "3s", "2m05s", "1h02m", "3d04h" for a time in nanoseconds. */
void format_age(uint64_t ns, char *text, size_t size);

#endif
