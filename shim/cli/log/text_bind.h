/*
 * What the log says of a bind that failed.
 */
#ifndef LISTENAS_CLI_LOG_TEXT_BIND_H
#define LISTENAS_CLI_LOG_TEXT_BIND_H

#include "printer.h"

/*
 * Prints what Linux itself said where the program got another errno; the key that made the difference; who holds the
 * port now, if the errno is EADDRINUSE; and which right is missing, if it is EACCES.
 */
void print_bind_failure(struct printer *printer, const struct ring *ring, const struct record *record);

#endif
