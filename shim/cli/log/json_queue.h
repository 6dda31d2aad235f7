/*
 * Queues as the JSON printer says them: a record of one, and what became of a listener.
 */
#ifndef LISTENAS_CLI_LOG_JSON_QUEUE_H
#define LISTENAS_CLI_LOG_JSON_QUEUE_H

#include "printer.h"

/* The members of a record of a queue, and the end of its object. */
void put_queue(const struct record *record);

/* What became of a listener, with the call that made it listen. */
void json_listener(struct printer *printer, const char *server, const struct ring_listener *listener,
                   const struct record *listens);

#endif
