/*
 * The result as a JSON document: what --report=json writes and --against reads. Version 1:
 *
 *   format, version    LINT_FORMAT, LINT_VERSION; a reader refuses another version
 *   listenas, root     the version of this command; where the program's own source is
 *   command            the words, or the program of the ring
 *   platforms          names of those asked for
 *   findings           [{key, call, what, message, advice, help, consequence, rank, error (Linux's, or ""), silenced,
 *                      known, module, build_id, offset, function, file, line, turns}], the worst first
 *   turns              [{platform, turn, error, number, overflow, firm}]
 *   unseen             [{what, keys, how}]
 */
#ifndef LISTENAS_CLI_LINT_DOCUMENT_H
#define LISTENAS_CLI_LINT_DOCUMENT_H

#include "../test/document.h"
#include "calls.h"
#include "findings.h"
#include "wish.h"

#define LINT_FORMAT "listenas-lint"
#define LINT_VERSION 1

/* Makes the document, with an empty list of what was not seen; the caller's. */
json_t *lint_document(const struct lint_findings *findings, const struct lint_calls *calls,
                      const struct platforms *platforms, const struct lint_wish *wish);

/*
 * Marks findings that the document of a file has as well, at the same function and file, whatever the line. Returns 0,
 * or STATUS_USAGE after it has said what is wrong with the file.
 */
int lint_against(struct lint_findings *findings, const char *path);

/* The kinds of reports. */
extern const struct report_kind lint_reports[];

#endif
