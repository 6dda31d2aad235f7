/*
 * Looks at a run from outside while it goes on: whether clients wait and nobody accepts them, and how many sockets its
 * processes hold.
 */
#ifndef LISTENAS_CLI_TEST_PROVOKE_WATCH_H
#define LISTENAS_CLI_TEST_PROVOKE_WATCH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

/* A TCP client that waits so long in a queue from which nobody is taken makes the server stuck. */
#define STUCK_MS 2000

struct watch {
    pthread_t thread;
    bool is_on;
    bool looks_at_queues; /* the run has a network of its own, so every listener in it is the run's */
    _Atomic bool ends;
    bool is_stuck;
    int sockets; /* that its processes held together towards the end, for as long as two looks; -1: they were not seen
                  */
};

/*
 * Begins to watch what this process, a job, starts from now on. Without a thread for it nothing is watched. watch_end
 * must follow.
 */
void watch_begin(struct watch *watch, bool looks_at_queues);

/* Ends it; what it saw stands in `watch` from then on. */
void watch_end(struct watch *watch);

#endif
