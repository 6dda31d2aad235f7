/*
 * Why a call was changed, as the text printer says it.
 */
#ifndef LISTENAS_CLI_LOG_TEXT_EXPLAIN_H
#define LISTENAS_CLI_LOG_TEXT_EXPLAIN_H

#include "printer.h"

/* Prints, after the line of a call, what Linux would have given, and each rule that has not been told yet. */
void print_explanation(struct printer *printer, const struct explanation *explanation);

#endif
