/*
 * What the platforms make of a call, in one line.
 */
#ifndef LISTENAS_CLI_LINT_MESSAGE_H
#define LISTENAS_CLI_LINT_MESSAGE_H

#include "findings.h"

/* What the platforms do, such as "EINVAL on 16 of 27: freebsd macos solaris ..."; all names if `all`; the caller's. */
char *lint_message(const struct lint_finding *finding, size_t platforms, bool all);

#endif
