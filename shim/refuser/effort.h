/*
 * How much processor time the refuser may take: it leaves the rest of a flood to the kernel, which drops. A pure
 * function; times are in nanoseconds.
 */
#ifndef LISTENAS_REFUSER_EFFORT_H
#define LISTENAS_REFUSER_EFFORT_H

#include <stdbool.h>
#include <stdint.h>

/* The length of a window in which work is measured; a longer round of work makes it longer. */
#define EFFORT_WINDOW_NS 4000000
/* The part of a window for clients: one in this many. */
#define EFFORT_SHARE 4
/* The part of a window if only programs ask for something, since they wait for the answer. */
#define EFFORT_SHARE_OF_REQUESTS 2
/*
 * After this many consecutive windows full of work, half a second or more, it is a flood rather than a storm of
 * clients: then the refuser takes only one part in this many.
 */
#define EFFORT_FLOOD 64
#define EFFORT_SHARE_IN_FLOOD 16

/* The longest rest: a longer one would look as if the worker were stuck (heartbeat.h). */
#define EFFORT_REST_MOST_NS 50000000

struct effort {
    int64_t begin_ns, used_ns; /* of the window: its beginning, and the processor time used before it */
    int full;                  /* full windows before this one */
};

/*
 * After a round of work, for clients or for requests only: how long to rest from `now_ns` on. `used_ns`: the
 * processor time used so far.
 */
int64_t effort_rest(struct effort *effort, bool for_clients, int64_t now_ns, int64_t used_ns);

#endif
