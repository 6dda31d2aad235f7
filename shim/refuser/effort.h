/*
 * How much of a processor the refuser takes, whatever comes: the rest of a flood is left to the kernel, which drops. A
 * pure function; times are in nanoseconds.
 */
#ifndef LISTENAS_REFUSER_EFFORT_H
#define LISTENAS_REFUSER_EFFORT_H

#include <stdbool.h>
#include <stdint.h>

/* Work is counted in windows of this length, or longer if one round of it takes more. */
#define EFFORT_WINDOW_NS 4000000
/* One part in so many of a window for clients. */
#define EFFORT_SHARE 4
/* The same where only programs ask for something, as they wait for the answer. */
#define EFFORT_SHARE_OF_REQUESTS 2
/*
 * After so many windows, one after the other, that were full of work, which is half a second or more, it is no storm of
 * clients but a flood that nobody can answer: then one part in so many.
 */
#define EFFORT_FLOOD 64
#define EFFORT_SHARE_IN_FLOOD 16

/* No rest is longer, so that nobody takes the worker for stuck (heartbeat.h). */
#define EFFORT_REST_MOST_NS 50000000

struct effort {
    int64_t begin_ns, used_ns; /* of the window: when it began, and the processor time used until then */
    int full;                  /* windows before it */
};

/*
 * After a round of work, for clients or for requests only: how long to rest from `now_ns` on. `used_ns`: the processor
 * time used so far.
 */
int64_t effort_rest(struct effort *effort, bool for_clients, int64_t now_ns, int64_t used_ns);

#endif
