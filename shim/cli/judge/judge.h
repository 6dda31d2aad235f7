/*
 * What a platform would have made of a call that was recorded natively with its facts (record.facts). The rules that
 * the library has decide; here their verdicts are compared with what Linux did.
 */
#ifndef LISTENAS_CLI_JUDGE_JUDGE_H
#define LISTENAS_CLI_JUDGE_JUDGE_H

#include "../../profile/profile.h"
#include "../../ring/cases.h"

/* How a platform differs. */
enum turn {
    TURN_FAILS,     /* with `error`, where Linux succeeds or has another errno */
    TURN_SUCCEEDS,  /* where Linux fails */
    TURN_QUEUE,     /* listen succeeds, with a queue of `number` connections */
    TURN_OTHERWISE, /* it does something else, which the key says */
};

/* How much a difference matters, the least first. */
enum consequence {
    CONSEQUENCE_NUMBER,  /* another number: of a queue, a length, a port */
    CONSEQUENCE_ERRNO,   /* another errno */
    CONSEQUENCE_FAILURE, /* a call fails that succeeds on Linux */
    CONSEQUENCE_WRONG,   /* the program hangs, or goes on with wrong data */
    CONSEQUENCES
};

struct judgement {
    enum key key;
    enum turn turn;
    int error;          /* of TURN_FAILS */
    int number;         /* of TURN_QUEUE; INT_MAX for no limit */
    enum word overflow; /* of TURN_QUEUE: what a client meets at the full queue: WORD_DROP, WORD_REFUSE ... */
};

#define JUDGEMENTS_MOST 24

struct judgements {
    size_t count;
    struct judgement of[JUDGEMENTS_MOST];
};

/* A call of a ring: the case, and which call it is by its name. */
struct judged_call {
    enum call call; /* CALL_start: not a call that rules are about */
    struct ring_case seen;
};

/*
 * Judges one call: each key by which the platform differs from what Linux did. A pure function. What Linux cannot keep
 * (a promise that is not enforced) is not judged.
 */
void judge(const struct profile *profile, const struct judged_call *call, struct judgements *found);

/* How much it matters, given the errno that Linux gave. */
enum consequence judgement_consequence(const struct judgement *judgement, int native_error);

/* The connections that Linux queued for a successful listen. */
int judged_native_queue(const struct judged_call *call);

#endif
