/*
 * Why a call was changed, as the JSON printer says it.
 */
#ifndef LISTENAS_CLI_LOG_JSON_EXPLAIN_H
#define LISTENAS_CLI_LOG_JSON_EXPLAIN_H

#include "explain.h"

/* The members of a record: what Linux would have given, and each rule that made a difference. */
void put_explanation(const struct explanation *explanation);

#endif
