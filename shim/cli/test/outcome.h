/*
 * How one run went.
 */
#ifndef LISTENAS_CLI_TEST_OUTCOME_H
#define LISTENAS_CLI_TEST_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "acts.h"
#include "points.h"
#include "units.h"

enum end {
    END_EXIT,        /* with a status */
    END_SIGNAL,      /* killed by one */
    END_TIMEOUT,     /* killed by us when its time was over */
    END_NOT_STARTED, /* we could not start it: the output says why */
    END_STOPPED,     /* we were told to end */
};

struct ending {
    enum end how;
    int number; /* the exit status, or the signal */
};

/* The part of what a run printed that is kept: its beginning and its end. */
struct output {
    char *text; /* ended by a NUL; may hold others */
    size_t size;
    bool is_cut;
};

struct outcome {
    struct ending ending;
    double seconds;
    struct points points;
    struct output out, all; /* standard output alone; with standard error */
    unsigned int left;      /* processes that it left behind, and that were killed */
    char *first_left;       /* the name of one, or NULL */
    char *ring;             /* its path, while it is there */
    struct acts acts;
};

/* Writes such as "exit status 1", "killed by SIGSEGV" into `text`. */
void ending_describe(struct ending ending, double seconds, char *text, size_t size);

/* Fills in the points of an outcome whose ending and output are known. `log`: of READ_CHECK. */
void outcome_read_points(struct outcome *outcome, const struct unit *unit, const char *log);

/* Removes the ring and frees what an outcome holds. */
void outcome_drop(struct outcome *outcome);

#endif
