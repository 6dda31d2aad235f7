/*
 * What is said of a key at length (profile/advice.h).
 */
#ifndef LISTENAS_CLI_PROFILES_PAGE_H
#define LISTENAS_CLI_PROFILES_PAGE_H

#include <jansson.h>

#include "../../profile/profile.h"

/* Prints the page of a key, and an empty line. */
void print_page(enum key key);

/* Adds the page to an object: bug, breaks, code, links. */
void json_add_page(json_t *object, enum key key);

#endif
