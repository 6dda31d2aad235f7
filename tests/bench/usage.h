/*
 * What another process has used.
 */
#ifndef LISTENAS_BENCH_USAGE_H
#define LISTENAS_BENCH_USAGE_H

#include <sys/types.h>

/* Its processor time in nanoseconds; 0 if it is gone. */
double usage_ns(pid_t pid);

/* How often it was given a processor; 0 if it is gone. */
long usage_wakeups(pid_t pid);

#endif
