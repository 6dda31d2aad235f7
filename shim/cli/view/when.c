#include "when.h"

#include <stdio.h>

#include "../clock.h"

/* A duration is told in its two largest units. */
static const struct unit {
    uint64_t seconds;
    const char *name;
    uint64_t part;
    const char *part_name;
} units[] = {{86400, "d", 3600, "h"}, {3600, "h", 60, "min"}, {60, "min", 1, "s"}};

static const char *format(char *text, uint64_t ns, const char *form)
{
    clock_format(ns, form, text, WHEN_TEXT);
    return text;
}

const char *when_date(char *text, uint64_t ns)
{
    return format(text, ns, "%Y-%m-%d %H:%M:%S %z");
}

const char *when_clock(char *text, uint64_t ns)
{
    char seconds[WHEN_TEXT];
    snprintf(text, WHEN_TEXT, "%.40s.%03u", format(seconds, ns, "%H:%M:%S"),
             (unsigned int)(ns / CLOCK_MILLISECOND % 1000));
    return text;
}

const char *when_clock_in(char *text, uint64_t ns, uint64_t range_ns)
{
    return range_ns < 10 * CLOCK_SECOND ? when_clock(text, ns) : format(text, ns, "%H:%M:%S");
}

const char *when_machine(char *text, uint64_t ns)
{
    char seconds[WHEN_TEXT], zone[WHEN_TEXT];
    format(seconds, ns, "%Y-%m-%dT%H:%M:%S");
    format(zone, ns, "%z");
    snprintf(text, WHEN_TEXT, "%.32s.%03u%.3s:%.2s", seconds, (unsigned int)(ns / CLOCK_MILLISECOND % 1000), zone,
             zone[0] ? zone + 3 : "");
    return text;
}

const char *when_long(char *text, uint64_t ns)
{
    const uint64_t seconds = ns / CLOCK_SECOND;
    for (const struct unit *unit = units; unit < units + sizeof units / sizeof *units; unit++) {
        if (seconds < unit->seconds)
            continue;
        snprintf(text, WHEN_TEXT, "%llu %s %llu %s", (unsigned long long)(seconds / unit->seconds), unit->name,
                 (unsigned long long)(seconds % unit->seconds / unit->part), unit->part_name);
        return text;
    }
    if (seconds >= 1)
        snprintf(text, WHEN_TEXT, "%.1f s", (double)ns / (double)CLOCK_SECOND);
    else if (ns >= CLOCK_MILLISECOND || ns == 0)
        snprintf(text, WHEN_TEXT, "%llu ms", (unsigned long long)(ns / CLOCK_MILLISECOND));
    else
        snprintf(text, WHEN_TEXT, "%.3f ms", (double)ns / (double)CLOCK_MILLISECOND);
    return text;
}
