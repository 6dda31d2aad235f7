/*
 * Which of the SYNs that have come were dropped by a listener whose queue is full, and get an answer.
 *
 * An eye sees a SYN just before TCP does, so what the kernel has made of it is known only some microseconds later. Each
 * SYN is looked at until the kernel has a connection for it, or the listener that the kernel chooses for it is one of
 * ours and has dropped more packets than there were answers; or until it is too old.
 */
#ifndef LISTENAS_REFUSER_JUDGE_H
#define LISTENAS_REFUSER_JUDGE_H

#include <stdint.h>

#include "eye.h"
#include "listeners.h"

struct network;

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

/*
 * Looks at those that are due and answers what is to be answered. Where a SYN came to becomes the most recent end of
 * the network.
 */
void judge_look(struct network *network, struct listeners *all, int64_t now_ns);

/* When the next one is due; INT64_MAX if none waits. CLOCK_MONOTONIC in nanoseconds, as everywhere here. */
int64_t judge_due(const struct judge *judge);

#endif
