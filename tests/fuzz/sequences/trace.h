/*
 * What a call was given and what came of it, as a line of text that is the same each time.
 */
#ifndef LISTENAS_FUZZ_TRACE_H
#define LISTENAS_FUZZ_TRACE_H

#include <sys/socket.h>

#include "memory.h"
#include "plan.h"

/* An address or value that a call writes, with its length, or reads. */
struct argument {
    struct memory value, size;
    socklen_t given; /* the length that was passed */
};

/* Whether the call can be made by its number, through syscall(). */
bool trace_has_number(enum op op);

/* Whether the call writes an address, and its length. */
bool trace_writes_address(enum op op);

/* Prints the call with its arguments, before it is made. */
void trace_call(const struct step *step, int fd, const struct argument *argument);

/* Prints its result, or `error` where it is below 0; what it wrote; and whether it touched errno though it succeeded.
 */
void trace_result(const struct step *step, int result, int error, const struct argument *argument);

#endif
