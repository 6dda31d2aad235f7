/*
 * An event as a person reads it on one line.
 */
#ifndef LISTENAS_CLI_LIVE_EVENT_TEXT_H
#define LISTENAS_CLI_LIVE_EVENT_TEXT_H

#include <stddef.h>

#include "../../ring/cursor.h"

/* "12:36:52.123 4711 accept4(3) = EAGAIN, 12 times; by accept4.emulate". Cut to fit. */
void format_event(const struct ring *ring, const struct told *told, char *text, size_t size);

#endif
