/*
 * The parts of listen's rule: the state of the socket, and the number that the program passed.
 */
#ifndef LISTENAS_RULES_LISTEN_PARTS_H
#define LISTENAS_RULES_LISTEN_PARTS_H

#include <stdint.h>

#include "listen.h"

/* What the state of the socket decides, whatever the backlog. */
struct verdict listen_state_verdict(const struct profile *profile, const struct facts *facts);

/* What the number alone decides: sets `effective` and `verdict`. */
void judge_backlog(struct listen_verdict *it, const struct profile *profile, const struct facts *facts, int asked);

/* `number`, or the nearest bound if it is outside. */
static inline int clamp(int64_t number, int least, int most)
{
    return number < least ? least : number > most ? most : (int)number;
}

#endif
