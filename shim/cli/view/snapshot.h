/*
 * A copy of a ring in memory: it does not change, and a file that is cut short while it is read does no harm.
 */
#ifndef LISTENAS_CLI_VIEW_SNAPSHOT_H
#define LISTENAS_CLI_VIEW_SNAPSHOT_H

#include "../../ring/ring.h"

/* Copies the ring of a file. Returns NULL, or what is wrong with it; then there is nothing to free. */
const char *snapshot_of_file(struct ring *ring, const char *path);

/* Frees the copy. */
void snapshot_free(struct ring *ring);

#endif
