/*
 * Comments in the source that silence a finding.
 */
#ifndef LISTENAS_CLI_LINT_SILENCE_H
#define LISTENAS_CLI_LINT_SILENCE_H

#include "findings.h"

/* Marks findings whose source line, or the one before it, has a comment such as "listenas: ok bind.long_address". */
void lint_silence(struct lint_findings *findings, const char *root);

#endif
