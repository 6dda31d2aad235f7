/*
 * The document of a test, before its cases run and after.
 */
#ifndef LISTENAS_CLI_TEST_SESSION_DOCUMENT_H
#define LISTENAS_CLI_TEST_SESSION_DOCUMENT_H

#include "document.h"
#include "plan.h"

/* A document that says what is to run, with no case and no result yet; the caller's. */
json_t *session_document(const struct plan *plan);

/* Brings the results into the order of platforms and cases, whichever job ended first. */
void session_order_results(json_t *document, const struct platforms *platforms);

#endif
