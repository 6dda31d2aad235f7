/*
 * The parts of judge, by call.
 */
#ifndef LISTENAS_CLI_JUDGE_PARTS_H
#define LISTENAS_CLI_JUDGE_PARTS_H

#include "../../rules/verdict.h"
#include "judge.h"

/* What all of them need. */
struct judging {
    const struct profile *profile;
    const struct ring_case *seen;
    enum call call;
    struct facts facts;
    union { /* as the program passed it: what the case does not hold of a path is 'x' */
        struct sockaddr any;
        char bytes[256];
    } address;
    struct judgements *found;
};

static inline bool case_has(const struct judging *it, enum case_fact fact)
{
    return it->seen->facts & (uint64_t)fact;
}

/* Each adds one difference. A key that is there already is not added again. */
void add_failure(struct judging *it, enum key key, int error);
void add_turn(struct judging *it, enum key key, enum turn turn);
void add_queue(struct judging *it, enum key key, int number, enum word overflow);

/* Adds what a verdict makes different from what Linux did. Returns whether the verdict is the last word. */
bool add_verdict(struct judging *it, const struct verdict *verdict);

void judge_listen(struct judging *it);
void judge_bind(struct judging *it);
void judge_connect(struct judging *it);
void judge_accept(struct judging *it);
void judge_socket(struct judging *it);
void judge_setsockopt(struct judging *it);
void judge_getsockopt(struct judging *it);
void judge_shutdown(struct judging *it);
void judge_name(struct judging *it);

#endif
