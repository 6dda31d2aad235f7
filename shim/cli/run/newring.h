/*
 * The ring of a program that is about to start: made before it, under its name.
 */
#ifndef LISTENAS_CLI_RUN_NEWRING_H
#define LISTENAS_CLI_RUN_NEWRING_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"
#include "../../ring/place.h"

struct newring {
    struct ring_place place; /* `off` if there will be no record */
    bool made;               /* the file was not there before */
};

/*
 * Decides where the ring is. `source` is what the setting is called: "-r" or "LISTENAS_RING". Returns 0, or
 * STATUS_OWN after it has said why the setting makes no sense.
 */
int newring_place(struct newring *ring, const char *source, const char *setting, const char *program);

/*
 * Makes the ring, with the program's words (the last is NULL) as its command line and whether it has a network of its
 * own, or joins the one that is there. If it cannot, says so and turns it off: a server runs on without a record.
 */
void newring_make(struct newring *ring, const struct annotated_profile *annotated, char *const *words, bool isolated);

/* Removes the file if newring_make made it. */
void newring_remove(const struct newring *ring);

#endif
