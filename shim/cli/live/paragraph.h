/*
 * All that is known of one listener, for a person.
 */
#ifndef LISTENAS_CLI_LIVE_PARAGRAPH_H
#define LISTENAS_CLI_LIVE_PARAGRAPH_H

#include <stdio.h>

#include "live.h"

/* Prints some lines, the first of which is its title; the others are indented. */
void paragraph_print(FILE *out, const struct live *live, const struct live_ring *ring, const struct listener *listener);

#endif
