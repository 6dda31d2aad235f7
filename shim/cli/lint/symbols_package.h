/*
 * Where symbols come from for a program that has none.
 */
#ifndef LISTENAS_CLI_LINT_SYMBOLS_PACKAGE_H
#define LISTENAS_CLI_LINT_SYMBOLS_PACKAGE_H

#include "findings.h"

/*
 * For each program or library without lines among the findings: says so, with the Debian package that would bring them,
 * or that it is an interpreter, whose own callers the record cannot name.
 */
void symbols_package_print(const struct lint_findings *findings);

#endif
