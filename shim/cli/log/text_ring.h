/*
 * A ring as the text printer says it: what its header tells, and its row in the list of rings.
 */
#ifndef LISTENAS_CLI_LOG_TEXT_RING_H
#define LISTENAS_CLI_LOG_TEXT_RING_H

#include "printer.h"

/* The comment with which a ring begins. */
void text_header(struct printer *printer, const struct ring_header *header);

/* A row of the list of rings. */
void text_listed(const struct listed *listed);

#endif
