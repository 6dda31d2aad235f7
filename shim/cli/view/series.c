#include "series.h"

#include <stdlib.h>

/* One level, in order of time. */
struct level {
    struct history_span spans[HISTORY_SPANS];
    size_t count;
    uint64_t whole_from_ns; /* what is later has not been overwritten; where a span of the next level begins */
};

static int by_time(const void *one, const void *other)
{
    const struct history_span *a = one, *b = other;
    return (a->from_ns > b->from_ns) - (a->from_ns < b->from_ns);
}

/*
 * The time from which a level that ends with this span is complete: HISTORY_SPANS spans before that end, rounded up to
 * where a span of the next level, which is four times as long, begins.
 */
static uint64_t whole_from(const struct history_span *last, uint64_t born_ns)
{
    const uint64_t length = last->to_ns - last->from_ns, longer = 4 * length;
    const uint64_t reach = length * HISTORY_SPANS, end = last->to_ns - born_ns;
    return end <= reach ? born_ns : born_ns + (end - reach + longer - 1) / longer * longer;
}

static void read_level(struct level *level, const struct ring *ring, const struct ring_listener *listener,
                       unsigned int number, uint64_t since_ns)
{
    level->count = 0;
    level->whole_from_ns = UINT64_MAX;
    for (unsigned int i = 0; i < HISTORY_SPANS; i++)
        if (ring_history_span(ring, listener, number, i, &level->spans[level->count]) &&
            level->spans[level->count].to_ns > since_ns)
            level->count++;
    qsort(level->spans, level->count, sizeof *level->spans, by_time);
    if (level->count)
        level->whole_from_ns = whole_from(&level->spans[level->count - 1], ring->header->born_ns);
}

/* Appends what a level has of the time before `until_ns`, the last first. */
static void take(struct series *series, const struct level *level, uint64_t since_ns, uint64_t until_ns)
{
    for (size_t i = level->count; i > 0; i--) {
        struct history_span span = level->spans[i - 1];
        if (span.from_ns >= until_ns || span.from_ns < level->whole_from_ns)
            continue;
        span.from_ns = span.from_ns > since_ns ? span.from_ns : since_ns;
        series->spans[series->count++] = span;
    }
}

static void reverse(struct series *series)
{
    for (size_t i = 0; i < series->count / 2; i++) {
        struct history_span span = series->spans[i];
        series->spans[i] = series->spans[series->count - 1 - i];
        series->spans[series->count - 1 - i] = span;
    }
}

void series_read(struct series *series, const struct ring *ring, const struct ring_listener *listener,
                 uint64_t since_ns)
{
    uint64_t until_ns = UINT64_MAX;
    struct level level;
    series->count = 0;
    for (unsigned int number = 0; number < HISTORY_LEVELS; number++) {
        read_level(&level, ring, listener, number, since_ns);
        take(series, &level, since_ns, until_ns);
        until_ns = level.whole_from_ns < until_ns ? level.whole_from_ns : until_ns;
    }
    reverse(series);
}
