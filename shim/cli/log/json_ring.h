/*
 * A ring as the JSON printer says it: what its header tells, and its row in the list of rings.
 */
#ifndef LISTENAS_CLI_LOG_JSON_RING_H
#define LISTENAS_CLI_LOG_JSON_RING_H

#include "printer.h"

/* The line of a ring's header. */
void json_header(struct printer *printer, const struct ring_header *header);

/* A row of the list of rings. */
void json_listed(const struct listed *listed);

#endif
