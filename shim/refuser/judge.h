/*
 * The SYNs whose fate is not known yet, and when each is looked at.
 */
#ifndef LISTENAS_REFUSER_JUDGE_H
#define LISTENAS_REFUSER_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "eye.h"

#define JUDGE_MOST 1024

struct waiting {
    struct syn syn;
    int looks; /* looks so far */
    int64_t come_ns, due_ns;
};

struct judge {
    int count;
    struct waiting of[JUDGE_MOST];
};

/* Adds SYNs that have just come. If there is no room, the newest are not judged: their clients send them again. */
void judge_take(struct judge *judge, const struct syn *syns, int count, int64_t now_ns);

/* After a look: the SYN is settled, or due for another look; after the last one it is settled in any case. */
void judge_again(struct waiting *waiting, bool settled);

/* Forgets the settled ones. */
void judge_forget_settled(struct judge *judge);

/* When the next look is due; INT64_MAX if no SYN waits. CLOCK_MONOTONIC in nanoseconds, as everywhere here. */
int64_t judge_due(const struct judge *judge);

#endif
