/*
 * Queues as the text printer says them: a record of one, and what became of a listener.
 */
#ifndef LISTENAS_CLI_LOG_TEXT_QUEUE_H
#define LISTENAS_CLI_LOG_TEXT_QUEUE_H

#include "printer.h"

/* Prints "queue of 127.0.0.1:8080 full 12:36:52.100 to .900 (5 of 5), 15 clients refused". */
void print_queue(struct printer *printer, const struct shown *shown);

/* Prints what became of a listener, with the call that made it listen. */
void text_listener(struct printer *printer, const char *server, const struct ring_listener *listener,
                   const struct record *listens);

/* Prints how many listeners have no place in the table, and how many closed ones gave theirs to newer ones. */
void text_no_place(struct printer *printer, const char *server, uint64_t gave_way, uint64_t missed);

#endif
