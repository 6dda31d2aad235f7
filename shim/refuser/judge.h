/*
 * The SYNs that wait until it is known what the kernel has made of them, and when each is looked at.
 */
#ifndef LISTENAS_REFUSER_JUDGE_H
#define LISTENAS_REFUSER_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "eye.h"

#define JUDGE_MOST 1024

struct waiting {
    struct syn syn;
    int looks; /* so far */
    int64_t come_ns, due_ns;
};

struct judge {
    int count;
    struct waiting of[JUDGE_MOST];
};

/* Takes the SYNs that have just come. Of more than there is room for, the newest are not judged: they are sent again.
 */
void judge_take(struct judge *judge, const struct syn *syns, int count, int64_t now_ns);

/* After a look: the SYN is settled, or it is due again; after the last look it is settled as well. */
void judge_again(struct waiting *waiting, bool settled);

/* Forgets the settled ones. */
void judge_forget_settled(struct judge *judge);

/* When the next one is due; INT64_MAX if none waits. CLOCK_MONOTONIC in nanoseconds, as everywhere here. */
int64_t judge_due(const struct judge *judge);

#endif
