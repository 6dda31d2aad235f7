/*
 * How lines of the text printer begin and end.
 */
#ifndef LISTENAS_CLI_LOG_TEXT_PARTS_H
#define LISTENAS_CLI_LOG_TEXT_PARTS_H

#include "printer.h"

/* Begins the line of a record: "12:36:52.123456 legacyd[17] 19/20 ", without what the server's name says already. */
void print_who(struct printer *printer, const struct shown *shown);

/* Prints the line of a record, or of a comment such as "# legacyd (pid 17) as bsd". */
void end_record(struct printer *printer);
void end_comment(struct printer *printer);

#endif
