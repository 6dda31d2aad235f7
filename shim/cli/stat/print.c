#include "print.h"

#include <stdio.h>

#include "../live/listener_json.h"
#include "../live/paragraph.h"
#include "../live/words.h"

static bool is_chosen(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    bool is_named_file = live->rings.choice.what && !ring->lives;
    return listener->seen && (live->rings.choice.ended || is_named_file || live_listens(ring, listener));
}

size_t print_each(const struct live *live, listener_print print)
{
    size_t count = 0;
    for (size_t i = 0; i < live->rings.count; i++) {
        const struct live_ring *ring = live->rings.of[i];
        for (size_t j = 0; j < ring->count; j++) {
            if (!is_chosen(live, ring, &ring->listeners[j]))
                continue;
            print(live, ring, &ring->listeners[j]);
            count++;
        }
    }
    return count;
}

void print_paragraph(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    paragraph_print(stdout, live, ring, listener);
}

/* --- a line --- */

void print_head(void)
{
    puts("TIME     ADDRESS               PROGRAM      PROFILE        QUEUE  MAX CALLS/S  FAIL/S OVER/S");
}

void print_line(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    const struct depth *depth = &listener->depth;
    struct rates rates;
    char clock[16], queue[32] = "-", calls[16] = "-", failed[16] = "-", dropped[16] = "-";
    (void)ring;
    format_clock(live->now_ns, clock, sizeof clock);
    if (depth->source != DEPTH_UNKNOWN)
        snprintf(queue, sizeof queue, "%s%u/%u", depth->source == DEPTH_SAMPLE ? "~" : "", depth->waiting,
                 depth->capacity);
    if (listener_rates(listener, &rates)) {
        format_rate(rates.accepted + rates.failed, calls, sizeof calls);
        format_rate(rates.failed, failed, sizeof failed);
        format_rate(rates.over, dropped, sizeof dropped);
    }
    printf("%s %-21s %-12.12s %-10.10s %9s %4llu %7s %7s %6s\n", clock, listener->address, listener->program,
           listener->profile, queue, (unsigned long long)depth->highest, calls, failed, dropped);
}

void print_json(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    json_t *object = listener_json(live, ring, listener);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}
