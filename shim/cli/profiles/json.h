/*
 * Profiles for programs.
 */
#ifndef LISTENAS_CLI_PROFILES_JSON_H
#define LISTENAS_CLI_PROFILES_JSON_H

#include <jansson.h>

#include "../../profile/loader/annotated_profile.h"

/* A string of a text from a file; what is no UTF-8 is written out as \xNN. */
json_t *json_of_text(const char *text);

/*
 * {"value", "standing", "note", "file", "line"} of an entry; `standing` is kept, unverified, not enforced or not
 * promised. "note", "file" and "line" are left out where there is none.
 */
json_t *json_of_entry(const struct annotated_profile *annotated, const struct entry *entry);

/* Prints a value on stdout, with a newline, and frees it. Returns 0, or STATUS_OWN after a message. */
int json_print(json_t *value);

#endif
