/*
 * Makes the calls of a plan and prints what comes of each, a line a call.
 */
#ifndef LISTENAS_FUZZ_ACT_H
#define LISTENAS_FUZZ_ACT_H

#include "plan.h"

/* What a process of the sequence has open. */
struct actor {
    const struct plan *plan;
    const char *kept;     /* a '1' for each step that is to be made, a '0' for each that is left out */
    int slots[SLOTS_ALL]; /* descriptors, -1 for none */
    int depth;            /* of forks */
    int open;             /* descriptors of the process, as they should be */
};

/* What errno is before each call: no kernel and no C library gives it. */
#define ERRNO_BEFORE 4000

/*
 * Makes one step that is neither OP_FORK nor OP_EXEC and prints a line: the call, its result or errno, what it wrote.
 * The line ends in "errno changed" where a call that succeeded touched errno, and in "leaked" where more descriptors
 * are open than should be.
 */
void act(struct actor *actor, int index);

/* How many descriptors the process has open. */
int count_descriptors(void);

#endif
