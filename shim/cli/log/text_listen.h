/*
 * What became of a listener's queue, as the text printer says it.
 */
#ifndef LISTENAS_CLI_LOG_TEXT_LISTEN_H
#define LISTENAS_CLI_LOG_TEXT_LISTEN_H

#include "printer.h"

/* Prints, for a record of listen, what differs from what the program asked, with the keys that made the difference. */
void print_listen(struct printer *printer, const struct ring *ring, const struct record *record);

/* Prints, for a record that installed an accept filter, whether the refuser limits the connections that it holds. */
void print_hold(struct printer *printer, const struct record *record);

#endif
