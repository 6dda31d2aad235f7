/*
 * What a run says of its cases: the points of a test framework.
 */
#ifndef LISTENAS_CLI_TEST_POINTS_H
#define LISTENAS_CLI_TEST_POINTS_H

#include <stddef.h>

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

/*
 * Adds a point and returns it until the next is added; both texts are copied, `detail` may be NULL. A name that is no
 * UTF-8 is made visible, as reports have it: so it is the same in all runs.
 */
struct point *points_add(struct points *points, const char *name, size_t length, enum mark mark, const char *detail);

/* The point of that name; NULL if there is none. */
struct point *points_find(const struct points *points, const char *name);

/* The mark of the case of that name, MARK_MISSING if the run says nothing of it. */
enum mark points_mark(const struct points *points, const char *name);

/* Frees all points. */
void points_drop(struct points *points);

#endif
