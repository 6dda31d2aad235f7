/*
 * What the ring of a run says of an error that was provoked in it.
 */
#ifndef LISTENAS_CLI_TEST_PROVOKE_RING_H
#define LISTENAS_CLI_TEST_PROVOKE_RING_H

#include <stdbool.h>
#include <stdint.h>

/* So many calls of one thread in a row with one errno are more than any program waits by. */
#define SPIN_LEAST 1000

struct provoked_run {
    uint64_t records;  /* of the process that has most of them */
    uint64_t most;     /* of the call in question, by the process that made most of them */
    bool is_met;       /* the error was provoked */
    uint64_t position; /* of that record among those of its process, from 1 */
    bool goes_on;      /* its process made another call after it */
    bool spins;        /* a thread made more than SPIN_LEAST calls in a row that failed with one errno */
};

/*
 * Reads a ring. `call` is the name of the call in question; that of accept stands for accept4 as well. Returns NULL, or
 * what is wrong with the file, in words.
 */
const char *provoke_ring_read(struct provoked_run *run, const char *path, const char *call);

#endif
