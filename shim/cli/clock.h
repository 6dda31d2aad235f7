/*
 * The time of a clock as one number, and the local time that it stands for.
 */
#ifndef LISTENAS_CLI_CLOCK_H
#define LISTENAS_CLI_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* In nanoseconds. */
#define CLOCK_MILLISECOND UINT64_C(1000000)
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

/* Writes the local time of `ns` nanoseconds since 1970, as strftime(3) does; "" where the year is too large for it. */
static inline void clock_format(uint64_t ns, const char *form, char *text, size_t size)
{
    const time_t seconds = (time_t)(ns / CLOCK_SECOND);
    struct tm when;
    text[0] = '\0';
    if (localtime_r(&seconds, &when))
        strftime(text, size, form, &when);
}

#endif
