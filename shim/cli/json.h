/*
 * JSON for programs: what the verbs that print it share.
 */
#ifndef LISTENAS_CLI_JSON_H
#define LISTENAS_CLI_JSON_H

#include <jansson.h>

/* A string of a text that people write, such as a profile's: what is no UTF-8 is written out as \xNN. NULL for NULL. */
json_t *json_of_text(const char *text);

/*
 * A string of what may be any bytes, such as a path: backslashes and all that is not ASCII are written out as \xNN, so
 * that the bytes can be read back. NULL for NULL.
 */
json_t *json_of_bytes(const char *bytes);

/* Prints a value on stdout, with a newline, and frees it. Returns 0, or STATUS_OWN after a message. */
int json_print(json_t *value);

#endif
