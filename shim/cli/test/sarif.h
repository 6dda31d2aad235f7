/*
 * Parts of a SARIF log, from the members of a cause (document.h): key, help, advice, module, file, line, function.
 */
#ifndef LISTENAS_CLI_TEST_SARIF_H
#define LISTENAS_CLI_TEST_SARIF_H

#include <jansson.h>
#include <stddef.h>

#define SARIF_SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* A message object with this text. */
json_t *sarif_message(const char *text);

/* The index of a cause's rule among `rules`, which it is added to if it is new; NULL: of what no key explains. */
size_t sarif_rule_index(json_t *rules, const json_t *cause);

/* A location: in the source, if it is known; else in the binary. */
json_t *sarif_location(const json_t *cause);

/* The originalUriBaseIds of a document with a `root`. */
json_t *sarif_bases(const json_t *document);

#endif
