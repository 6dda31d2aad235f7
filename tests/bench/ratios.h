/*
 * Paired measurements: two things that are timed in turns, so that a drift of the machine hits both alike, and the
 * median of the ratios of the pairs.
 */
#ifndef LISTENAS_BENCH_RATIOS_H
#define LISTENAS_BENCH_RATIOS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PAIRS_MAX 4096

struct pairs {
    size_t count;
    double without[PAIRS_MAX], with[PAIRS_MAX]; /* nanoseconds for one unit of work */
};

static inline uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline void pairs_add(struct pairs *pairs, double without, double with)
{
    if (pairs->count == PAIRS_MAX)
        return;
    pairs->without[pairs->count] = without;
    pairs->with[pairs->count++] = with;
}

static inline int double_order(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Sorts the numbers. */
static inline double median(double *numbers, size_t count)
{
    qsort(numbers, count, sizeof *numbers, double_order);
    return (numbers[(count - 1) / 2] + numbers[count / 2]) / 2;
}

static inline void rows_heading(void)
{
    printf("%-52s %10s %10s %7s %15s %6s\n", "", "without ns", "with ns", "ratio", "min..max", "goal");
}

/* One line: the two medians, then the median, the least and the greatest of the ratios pair by pair. */
static inline void row_print(const char *what, struct pairs *pairs, const char *goal)
{
    static double ratios[PAIRS_MAX];
    for (size_t i = 0; i < pairs->count; i++)
        ratios[i] = pairs->with[i] / pairs->without[i];
    if (pairs->count == 0) {
        printf("%-52s not measured\n", what);
        return;
    }
    double middle = median(ratios, pairs->count);
    printf("%-52s %10.1f %10.1f %7.3f %7.2f..%-6.2f %6s\n", what, median(pairs->without, pairs->count),
           median(pairs->with, pairs->count), middle, ratios[0], ratios[pairs->count - 1], goal);
    fflush(stdout);
}

#endif
