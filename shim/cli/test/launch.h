/*
 * The start of one run: what happens in the child before it becomes the program.
 */
#ifndef LISTENAS_CLI_TEST_LAUNCH_H
#define LISTENAS_CLI_TEST_LAUNCH_H

#include "plan.h"
#include "units.h"

/* What makes one run different from others of the same unit as the same platform. */
struct way {
    const char *set;                /* more of LISTENAS_SET, after what the user says; "" for none */
    const char *const *environment; /* more "NAME=value", NULL at the end; NULL for none */
};

struct launch {
    const struct plan *plan;
    const struct unit *unit;
    const struct platform *platform;
    const struct way *way;
    const char *ring; /* the path of the ring file to be made */
    const char *log;  /* of the Check library; NULL for none */
    const char *tmp;  /* TMPDIR where there is no /tmp of its own; NULL for that */
};

/*
 * Becomes the program, in a session of its own, without a terminal, its standard input at its end. Returns only if it
 * cannot, after it has said why on standard error.
 */
void launch(const struct launch *launch);

/* Whether runs can have a network and a /tmp of their own; says why not. Forks. */
bool launch_can_isolate(const struct plan *plan);

#endif
