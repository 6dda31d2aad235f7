/*
 * The table of settings: what processes were started with beside their profiles (LISTENAS_SET, `run -o`). A process's
 * start record has the number of its entry in `effective`.
 *
 * An entry is claimed once, written once and never changed, as sites are:
 *
 *     E1  E.identity <- mine, by compare-and-swap from 0     whoever has the same text finds E from now on
 *     E2  the rest of E                                      relaxed
 *     E3  E.ready <- 1                                       release, pairs with E4
 *     E4  reader: E.ready                                    acquire: not 0 means that all of E is there
 *
 * Two writers of the same identity write the same. A death between E1 and E3 leaves an entry that the next process with
 * the same settings completes.
 */
#ifndef LISTENAS_RING_SETTINGS_H
#define LISTENAS_RING_SETTINGS_H

#include <stdbool.h>

#include "ring.h"

/* What a start record has in `effective` beside the number of an entry. */
enum { SETTINGS_NONE = 0, SETTINGS_NO_PLACE = -1 };

/*
 * The number of the entry with this text, having written it if it is new: SETTINGS_NONE for an empty text or NULL,
 * SETTINGS_NO_PLACE if the table is full. Wait-free; may be called from a signal handler.
 */
int32_t ring_settings_enter(const struct ring *ring, const char *text);

/* A process's settings, as far as they are recorded. */
struct settings {
    bool is_known; /* all of it: false for a text that is cut, and where there was no place for it */
    char text[SETTINGS_TEXT + 1];
};

/* The settings by the number in a start record. Reads whatever the file holds. */
void ring_settings(const struct ring *ring, int32_t number, struct settings *settings);

#endif
