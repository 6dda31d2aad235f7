/*
 * Parts of the JSON printer's objects. All print on stdout; a member begins with its comma.
 */
#ifndef LISTENAS_CLI_LOG_JSON_PARTS_H
#define LISTENAS_CLI_LOG_JSON_PARTS_H

#include <stddef.h>

#include "../../ring/ring.h"

/* A string of bytes that may be anything: what is not printable ASCII goes as \u00NN. */
void put_string(const void *bytes, size_t length);

/* The same of a text of at most `size` bytes. */
void put_text(const char *text, size_t size);

/* A member whose value is a text. */
void put_member(const char *name, const char *text);

/* Begins an object, with the name of the server if there is one: NULL for none. */
void put_server(const char *server);

/* The family and address of a record, if it has one. */
void put_address(const struct record *record);

/* A member that is true, if the record has the flag. */
void put_flag(const struct record *record, enum record_flag flag, const char *name);

#endif
