/*
 * Jobs, several at a time, each in a process of its own.
 */
#ifndef LISTENAS_CLI_TEST_POOL_H
#define LISTENAS_CLI_TEST_POOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct pool {
    unsigned int most;                                 /* at a time */
    json_t *(*work)(size_t job, void *context);        /* in the job's process, which run_prepare has prepared */
    void (*done)(size_t job, json_t *, void *context); /* in this one, in the order in which jobs end; NULL: it died */
    void (*tick)(size_t ended, void *context);         /* at least each second; may be NULL */
    void *context;
};

/*
 * Does `count` jobs, begun in order. A SIGINT, SIGTERM or SIGHUP ends those that run and begins no more. Returns false
 * if that happened; pool_signal tells which it was. The jobs that have not begun are not `done`.
 */
bool pool_run(const struct pool *pool, size_t count);

/* The signal that ended a pool, 0 if none did. */
int pool_signal(void);

/* Makes this process ready for pools: call once, before any. */
void pool_prepare(void);

#endif
