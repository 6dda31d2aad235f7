/*
 * How one run went.
 */
#ifndef LISTENAS_CLI_TEST_OUTCOME_H
#define LISTENAS_CLI_TEST_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "acts.h"
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

/* The result of one case in one run. */
enum mark {
    MARK_PASS,
    MARK_FAIL,
    MARK_MISSING, /* the run ended without a word about it */
};

struct point {
    char *name;
    enum mark mark;
    char *detail;        /* what the framework says of it, or NULL */
    char *suite, *tcase; /* of the Check library; else NULL */
};

struct points {
    struct point *point;
    size_t count;
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

/*
 * Adds a point and returns it until the next is added; both texts are copied, `detail` may be NULL. A name that is no
 * UTF-8 is made visible, as reports have it: so it is the same in all runs.
 */
struct point *points_add(struct points *points, const char *name, size_t length, enum mark mark, const char *detail);

/* The point of that name; NULL if there is none. */
struct point *points_find(const struct points *points, const char *name);

/* The mark of the case of that name, MARK_MISSING if the run says nothing of it. */
enum mark points_mark(const struct points *points, const char *name);

/* Fills in the points of an outcome whose ending and output are known. `log`: of READ_CHECK. */
void outcome_read_points(struct outcome *outcome, const struct unit *unit, const char *log);

/* Frees all points. */
void points_drop(struct points *points);

/* Removes the ring and frees what an outcome holds. */
void outcome_drop(struct outcome *outcome);

#endif
