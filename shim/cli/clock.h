/*
 * The time of a clock as one number.
 */
#ifndef LISTENAS_CLI_CLOCK_H
#define LISTENAS_CLI_CLOCK_H

#include <stdint.h>
#include <time.h>

#define CLOCK_SECOND UINT64_C(1000000000)

/* The time that a clock of clock_gettime(2) shows, in nanoseconds. May be called from a signal handler. */
static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * CLOCK_SECOND + (uint64_t)now.tv_nsec;
}

/* CLOCK_MONOTONIC in seconds. May be called from a signal handler. */
static inline double clock_seconds(void)
{
    return (double)clock_ns(CLOCK_MONOTONIC) / (double)CLOCK_SECOND;
}

#endif
