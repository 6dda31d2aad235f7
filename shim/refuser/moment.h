/*
 * The clocks of the refuser.
 */
#ifndef LISTENAS_REFUSER_MOMENT_H
#define LISTENAS_REFUSER_MOMENT_H

#include <stdint.h>
#include <time.h>

/* CLOCK_MONOTONIC in nanoseconds. */
static inline int64_t moment_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The processor time of this thread in nanoseconds. */
static inline int64_t moment_used(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* A span of nanoseconds as the kernel takes it; a negative one is none. */
static inline struct timespec moment_span(int64_t ns)
{
    return (struct timespec){.tv_sec = ns > 0 ? (time_t)(ns / 1000000000) : 0,
                             .tv_nsec = ns > 0 ? (long)(ns % 1000000000) : 0};
}

#endif
