#include "print.h"

#include <stdio.h>

#include "../live/listener_json.h"
#include "../live/words.h"
#include "../log/printer.h"

static bool is_chosen(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    bool is_named_file = live->choice.what && !ring->lives;
    return listener->seen && (live->choice.ended || is_named_file || live_listens(ring, listener));
}

size_t print_each(const struct live *live, listener_print print)
{
    size_t count = 0;
    for (size_t i = 0; i < live->count; i++) {
        const struct live_ring *ring = live->rings[i];
        for (size_t j = 0; j < ring->count; j++) {
            if (!is_chosen(live, ring, &ring->listeners[j]))
                continue;
            print(live, ring, &ring->listeners[j]);
            count++;
        }
    }
    return count;
}

/* --- a paragraph --- */

static uint64_t age(const struct live *live, uint64_t then_ns)
{
    return live->now_ns > then_ns ? live->now_ns - then_ns : 0;
}

static void print_queue(const struct live *live, const struct depth *depth)
{
    char text[24];
    if (depth->source == DEPTH_UNKNOWN && depth->capacity)
        printf("    queue       holds %u; how many wait is not known\n", depth->capacity);
    else if (depth->source == DEPTH_UNKNOWN)
        puts("    queue       not known");
    if (depth->source == DEPTH_UNKNOWN)
        return;
    printf("    queue       %u of %u", depth->waiting, depth->capacity);
    if (depth->source == DEPTH_SAMPLE) {
        format_age(age(live, depth->at_ns), text, sizeof text);
        printf(" when the server looked, %s ago", text);
    } else {
        fputs(" now", stdout);
    }
    printf(", %llu at most\n", (unsigned long long)depth->highest);
}

static void print_overflow(const struct live *live, const struct listener *listener)
{
    const struct depth *depth = &listener->depth;
    char clock[24], text[24];
    fputs("    overflow    ", stdout);
    if (depth->full_since_ns) {
        format_clock(depth->full_since_ns, clock, sizeof clock);
        format_age(age(live, depth->full_since_ns), text, sizeof text);
        printf("full since %s (%s), ", clock, text);
    }
    if (depth->samples)
        printf("full %llu time%s, ", (unsigned long long)depth->full_times, depth->full_times == 1 ? "" : "s");
    printf("%llu %s", (unsigned long long)listener->counts.dropped, overflow_word(listener->overflow));
    if (listener->refuser_error)
        printf("; the refuser did not take the listener: %s", error_name(listener->refuser_error));
    putchar('\n');
}

static void print_calls(const struct live *live, const struct listener *listener)
{
    char text[24];
    printf("    calls       %llu: %llu accepted", (unsigned long long)listener_calls(listener),
           (unsigned long long)listener->counts.accepted);
    for (int i = 0; i < LISTENER_ERRORS; i++)
        if (listener->errors[i].count)
            printf(", %llu %s", (unsigned long long)listener->errors[i].count, error_words(&listener->errors[i]));
    if (listener->last_call_ns) {
        format_age(age(live, listener->last_call_ns), text, sizeof text);
        printf("; the last %s ago", text);
    }
    putchar('\n');
}

static void print_rates(const struct live *live, const struct listener *listener)
{
    struct rates rates;
    char accepted[16], failed[16], dropped[16];
    bool is_recent = listener_rates(listener, &rates);
    if (!is_recent)
        rates = listener_average(listener, live->now_ns);
    format_rate(rates.accepted, accepted, sizeof accepted);
    format_rate(rates.failed, failed, sizeof failed);
    format_rate(rates.dropped, dropped, sizeof dropped);
    printf("    per second  %s accepted, %s failed, %s %s%s\n", accepted, failed, dropped,
           overflow_word(listener->overflow), is_recent ? "" : ", on average");
}

void print_paragraph(const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    char text[WORDS_SIZE + 48];
    format_age(age(live, listener->since_ns), text, sizeof text);
    printf("%s  %s (pid %u, fd %d) as %s, %s, made %s ago\n", listener->address[0] ? listener->address : "(no name)",
           listener->program, listener->pid, listener->fd, listener->profile, state_word(ring, listener), text);
    print_queue(live, &listener->depth);
    print_overflow(live, listener);
    print_calls(live, listener);
    print_rates(live, listener);
    format_last(listener, live->now_ns, text, sizeof text);
    if (text[0])
        printf("    failure     %s\n", text);
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
        format_rate(rates.dropped, dropped, sizeof dropped);
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
