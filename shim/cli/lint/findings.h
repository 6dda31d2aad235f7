/*
 * From calls to findings: one for each key at each place, ranked.
 */
#ifndef LISTENAS_CLI_LINT_FINDINGS_H
#define LISTENAS_CLI_LINT_FINDINGS_H

#include "../judge/judge.h"
#include "../test/place.h"
#include "../test/plan.h"
#include "calls.h"
#include "wish.h"

/* How one platform differs. */
struct lint_turn {
    const struct platform *platform;
    struct judgement judgement;
    bool firm; /* a primary source supports what the platform does */
};

/* One key at one place of the program. */
struct lint_finding {
    enum key key;
    const struct judged_call *call; /* the first one that is judged so */
    struct lint_turn *turn;
    size_t turns;
    size_t firm; /* of `turns` */
    enum consequence worst;
    double rank;
    struct place_in_program place;
    bool is_silenced; /* by a comment in the source */
    bool is_known;    /* from the baseline */
};

struct lint_findings {
    struct lint_finding *finding;
    size_t count;
    size_t platforms; /* that were asked for, native left out */
};

/* Judges every call as every platform but native, the worst first. lint_findings_drop frees them. */
struct lint_findings lint_findings_of(const struct lint_calls *calls, const struct platforms *platforms,
                                      const struct lint_wish *wish);
void lint_findings_drop(struct lint_findings *findings);

/* Whether the finding is told and counts. */
static inline bool lint_counts(const struct lint_finding *finding)
{
    return !finding->is_silenced && !finding->is_known;
}

#endif
