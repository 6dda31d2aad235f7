/*
 * Why this process cannot make namespaces.
 */
#ifndef LISTENAS_CLI_RUN_USERNS_DIAGNOSIS_H
#define LISTENAS_CLI_RUN_USERNS_DIAGNOSIS_H

#include <stddef.h>

/* Writes a sentence about the errno `error` of unshare or of a step after it, and what would help. */
void userns_diagnosis(int error, char *text, size_t size);

/* Explains in one line the errno `error` of unshare or of a step after it, and what would help. */
void say_userns_diagnosis(int error);

#endif
