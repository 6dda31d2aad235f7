/*
 * A call in words.
 */
#ifndef LISTENAS_CLI_LINT_HEADING_H
#define LISTENAS_CLI_LINT_HEADING_H

#include "../judge/judge.h"

/* The call in words, such as "bind, 128 bytes for AF_INET"; the caller's. */
char *lint_heading(const struct judged_call *call);

#endif
