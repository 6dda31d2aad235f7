/*
 * The findings as a person reads them.
 */
#ifndef LISTENAS_CLI_LINT_PRINT_H
#define LISTENAS_CLI_LINT_PRINT_H

#include "findings.h"
#include "wish.h"

/* Prints the findings: at most ten unless --all was asked for. */
void lint_print(const struct lint_findings *findings, const struct lint_wish *wish);

#endif
