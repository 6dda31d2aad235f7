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
};

/* The source of a setting that is no environment variable. */
#define NEWRING_OPTION "-r"

/*
 * Decides where the ring is. `source` names the setting: NEWRING_OPTION or "LISTENAS_RING". Returns 0, or STATUS_OWN
 * after it has reported what is wrong with the setting; a size that no ring has and a directory that is not there are
 * mistakes of an option only, and a program whose environment has them runs with the nearest size, or without a record.
 */
int newring_place(struct newring *ring, const char *source, const char *setting, const char *program);

/*
 * Looks whether the program will be able to make the ring there at its first call, or to join the one that exists.
 * Returns 0; where it will not be able to, reports it and turns the record off: the server runs without one. STATUS_OWN
 * for a missing directory that an option named.
 */
int newring_check(struct newring *ring, const char *source, bool isolated);

/*
 * Makes the ring at once, or joins the one that exists. Notes the program's words (the last is NULL) as its command
 * line, and whether it has a network of its own. If that fails, reports it and turns the record off.
 */
void newring_make(struct newring *ring, const struct annotated_profile *annotated, char *const *words, bool isolated);

#endif
