/*
 * Whether a sequence shows a fault of the library, as small as it can be made.
 */
#ifndef LISTENAS_FUZZ_COMPARE_H
#define LISTENAS_FUZZ_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"

/* How one sequence is run with the library. */
struct trial {
    uint64_t seed;
    const char *profile;                       /* NULL without the library */
    const struct annotated_profile *annotated; /* the same profile as it was written; NULL without the library */
    bool is_kernel;                            /* what it promises is what the kernel does: the traces are equal */
};

enum outcome {
    OUTCOME_GOOD,
    OUTCOME_BAD,
    OUTCOME_UNSETTLED, /* the kernel does not do the same each time */
};

/*
 * Runs the steps that are `kept` under the trial's profile, and judges that run; where the profile is the kernel's,
 * compares it with `plain`, a run of the same without the library. `fault` says what is wrong.
 */
enum outcome trial_run(const struct trial *trial, const char *kept, const struct run *plain, char fault[FAULT_ROOM]);

/*
 * Leaves out steps of a bad trial for as long as it stays bad, and prints what is left: seed, fault, the trace with the
 * library and the one without.
 */
void trial_report(const struct trial *trial, const char *fault);

#endif
