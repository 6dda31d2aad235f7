#include "paragraph.h"

#include <sys/socket.h>

#include "../log/address.h"
#include "../log/names.h"
#include "words.h"

static uint64_t age(const struct live *live, uint64_t then_ns)
{
    return live->now_ns > then_ns ? live->now_ns - then_ns : 0;
}

static void print_queue(FILE *out, const struct live *live, const struct depth *depth)
{
    char text[24];
    if (depth->source == DEPTH_UNKNOWN && depth->capacity)
        fprintf(out, "    queue       holds %u; how many wait is not known\n", depth->capacity);
    else if (depth->source == DEPTH_UNKNOWN)
        fputs("    queue       not known\n", out);
    if (depth->source == DEPTH_UNKNOWN)
        return;
    fprintf(out, "    queue       %u of %u", depth->waiting, depth->capacity);
    if (depth->source == DEPTH_SAMPLE) {
        format_age(age(live, depth->at_ns), text, sizeof text);
        fprintf(out, " when the server looked, %s ago", text);
    } else {
        fputs(" now", out);
    }
    fprintf(out, ", %llu at most\n", (unsigned long long)depth->highest);
    if (depth->waited_most_ms)
        fprintf(out, "    waited      %u ms when the server looked last, %u ms at most\n", depth->waited_ms,
                depth->waited_most_ms);
}

static void print_overflow(FILE *out, const struct live *live, const struct listener *listener)
{
    const struct depth *depth = &listener->depth;
    char clock[24], text[24];
    if (record_family(&listener->made) == AF_UNIX && !depth->samples && !depth->full_since_ns)
        return; /* the kernel counts nothing: who connects waits, or gets EAGAIN */
    fputs("    overflow    ", out);
    if (depth->full_since_ns) {
        format_clock(depth->full_since_ns, clock, sizeof clock);
        format_age(age(live, depth->full_since_ns), text, sizeof text);
        fprintf(out, "full since %s (%s), ", clock, text);
    }
    if (depth->samples)
        fprintf(out, "full %llu time%s, ", (unsigned long long)depth->full_times, depth->full_times == 1 ? "" : "s");
    if (record_family(&listener->made) == AF_UNIX)
        fputs("clients wait", out);
    else
        fprintf(out, "%llu %s", (unsigned long long)listener_over(listener, &listener->counts),
                overflow_word(listener->overflow));
    if (listener->tells && listener->counts.dropped)
        fprintf(out, ", %llu SYN%s dropped by the kernel", (unsigned long long)listener->counts.dropped,
                listener->counts.dropped == 1 ? "" : "s");
    if (listener->refuser_error)
        fprintf(out, "; no refuser answers for it: %s", error_name(listener->refuser_error));
    putc('\n', out);
}

static void print_calls(FILE *out, const struct live *live, const struct listener *listener)
{
    char text[24];
    fprintf(out, "    calls       %llu: %llu accepted", (unsigned long long)listener_calls(listener),
            (unsigned long long)listener->counts.accepted);
    for (int i = 0; i < LISTENER_ERRORS; i++)
        if (listener->errors[i].count)
            fprintf(out, ", %llu %s", (unsigned long long)listener->errors[i].count, error_words(&listener->errors[i]));
    if (listener->last_call_ns) {
        format_age(age(live, listener->last_call_ns), text, sizeof text);
        fprintf(out, "; the last %s ago", text);
    }
    putc('\n', out);
}

static void print_rates(FILE *out, const struct live *live, const struct listener *listener)
{
    struct rates rates;
    char accepted[16], failed[16], dropped[16];
    bool is_recent = listener_rates(listener, &rates);
    if (!is_recent)
        rates = listener_average(listener, live->now_ns);
    format_rate(rates.accepted, accepted, sizeof accepted);
    format_rate(rates.failed, failed, sizeof failed);
    format_rate(rates.over, dropped, sizeof dropped);
    fprintf(out, "    per second  %s accepted, %s failed, %s %s%s\n", accepted, failed, dropped,
            overflow_word(listener->overflow), is_recent ? "" : ", on average");
}

void paragraph_print(FILE *out, const struct live *live, const struct live_ring *ring, const struct listener *listener)
{
    char text[WORDS_SIZE + 48];
    format_age(age(live, listener->since_ns), text, sizeof text);
    fprintf(out, "%s  %s (pid %u, fd %d) as %s, %s, made %s ago\n",
            listener->address[0] ? listener->address : "(no name)", listener->program, listener->pid, listener->fd,
            listener->profile, state_word(ring, listener), text);
    print_queue(out, live, &listener->depth);
    print_overflow(out, live, listener);
    print_calls(out, live, listener);
    print_rates(out, live, listener);
    format_last(listener, live->now_ns, text, sizeof text);
    if (text[0])
        fprintf(out, "    last        %s\n", text);
}
