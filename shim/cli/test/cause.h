/*
 * Which keys make one case differ, and what each of them did.
 */
#ifndef LISTENAS_CLI_TEST_CAUSE_H
#define LISTENAS_CLI_TEST_CAUSE_H

#include <jansson.h>

#include "acts.h"
#include "plan.h"
#include "units.h"

/* A difference that was seen, and how often it was looked at. */
struct difference {
    const struct plan *plan;
    const struct unit *unit;
    const struct platform *platform;
    const char *name; /* of the case */
    double timeout;
    const struct acts *acts; /* of a run that failed */
    const json_t *causes;    /* of other differences */
    unsigned int runs;       /* is counted up */
};

/*
 * Reruns the unit with keys set to `kernel` until a least set of them is left without which the case passes. Returns an
 * array of cause objects, one for each key; an empty one if the case does not pass even without any key.
 */
json_t *cause_find(struct difference *difference);

#endif
