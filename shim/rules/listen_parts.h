/*
 * The parts that make up listen's rule: the state of the socket, and the number that was passed.
 */
#ifndef LISTENAS_RULES_LISTEN_PARTS_H
#define LISTENAS_RULES_LISTEN_PARTS_H

#include <stdint.h>

#include "listen.h"

/* What the state of the socket makes of the call, whatever the backlog. */
struct verdict listen_state_verdict(const struct profile *profile, const struct facts *facts);

/* What the platform makes of the number alone: sets `effective` and `verdict`. */
void judge_backlog(struct listen_verdict *it, const struct profile *profile, const struct facts *facts, int asked);

/* `number`, or the nearer bound where it is outside. */
static inline int clamp(int64_t number, int least, int most)
{
    return number < least ? least : number > most ? most : (int)number;
}

#endif
