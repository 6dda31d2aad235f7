/*
 * Counters of listeners in the text format of Prometheus, version 0.0.4.
 */
#ifndef LISTENAS_CLI_EXPORT_METRICS_H
#define LISTENAS_CLI_EXPORT_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "../live/live.h"
#include "../select/select.h"

/* More listeners than this are left out, and counted; more rings are left out. */
#define METRICS_LISTENERS_MOST 1024
#define METRICS_RINGS_MOST 256

/*
 * Writes what `live` has found of the selected listeners to memory that the caller frees, and its size to `*size`.
 * Returns NULL if there is no memory.
 */
char *metrics_text(const struct live *live, const struct selection *selection, size_t *size);

#endif
