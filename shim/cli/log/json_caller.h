/*
 * Where in the program a call comes from, as the JSON printer says it.
 */
#ifndef LISTENAS_CLI_LOG_JSON_CALLER_H
#define LISTENAS_CLI_LOG_JSON_CALLER_H

#include "callers.h"

/* The innermost frame as members of the record, and all of them as "frames"; nothing for NULL. */
void put_caller(const struct caller *caller);

#endif
