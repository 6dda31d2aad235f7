/*
 * The ring of a program that is about to start, made before it does and under its name.
 */
#ifndef LISTENAS_CLI_RUN_NEWRING_H
#define LISTENAS_CLI_RUN_NEWRING_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"
#include "../../ring/place.h"

struct newring {
    struct ring_place place; /* `off` if there is no record */
    bool made;               /* the file did not exist before */
};

/*
 * Decides where the ring is. `source` names the setting: "-r" or "LISTENAS_RING". Returns 0, or STATUS_OWN after it
 * has reported what is wrong with the setting.
 */
int newring_place(struct newring *ring, const char *source, const char *setting, const char *program);

/*
 * Makes the ring, or joins the one that exists. Notes the program's words (the last is NULL) as its command line,
 * and whether it has a network of its own. If that fails, reports it and turns the record off: the server runs
 * without one.
 */
void newring_make(struct newring *ring, const struct annotated_profile *annotated, char *const *words, bool isolated);

/* Removes the file if newring_make made it. */
void newring_remove(const struct newring *ring);

#endif
