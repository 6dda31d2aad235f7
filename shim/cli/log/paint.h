/*
 * Colors and columns of the text printer.
 */
#ifndef LISTENAS_CLI_LOG_PAINT_H
#define LISTENAS_CLI_LOG_PAINT_H

#include "printer.h"

#define DIM "\033[2m"
#define RED "\033[31m"
#define GREEN "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN "\033[0m"

/* Where the further lines of a record begin. */
#define RECORD_INDENT 4

/* The color, or "" if the printer uses none. */
static inline const char *paint(const struct printer *printer, const char *color)
{
    return printer->color ? color : "";
}

#endif
