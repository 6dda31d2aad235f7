/*
 * Which records are worth the attention of somebody who does not look for them.
 */
#ifndef LISTENAS_CLI_EXPORT_WANTED_H
#define LISTENAS_CLI_EXPORT_WANTED_H

#include <stdbool.h>

#include "../../ring/ring.h"

/*
 * Calls that failed or that a key changed, and queues that were full. Not a call that would
 * have to wait: a server that waits by poll makes one after each client.
 */
bool is_wanted(const struct ring *ring, const struct record *record);

#endif
