/*
 * A record as a selection sees it, with the places in the program that it was called from.
 */
#ifndef LISTENAS_CLI_LOG_SUBJECT_H
#define LISTENAS_CLI_LOG_SUBJECT_H

#include "../../ring/cursor.h"
#include "../select/context.h"
#include "callers.h"

/* What subjects of one ring are made with. */
struct subjects {
    const struct ring *ring;
    const struct context *context;
    struct callers *callers;
};

/*
 * The subject for this selection: its places are found only if the selection asks for them. `room` as for
 * context_subject.
 */
struct subject subject_of_told(const struct subjects *subjects, const struct selection *selection,
                               const struct told *told, struct subject_room *room);

#endif
