/*
 * A listener for a program: the same fields wherever JSON is written.
 */
#ifndef LISTENAS_CLI_LIVE_LISTENER_JSON_H
#define LISTENAS_CLI_LIVE_LISTENER_JSON_H

#include <jansson.h>

#include "live.h"

/* A new object, NULL if there is no memory. What is not known is absent. Names are as visible_copy writes them. */
json_t *listener_json(const struct live *live, const struct live_ring *ring, const struct listener *listener);

#endif
