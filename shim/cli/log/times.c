#include "times.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../clock.h"

static const char *const names[] = {
    [TIMES_LOCAL] = "local", [TIMES_UTC] = "utc", [TIMES_RELATIVE] = "relative", [TIMES_DELTA] = "delta"};

int times_style_of(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return (int)i;
    return -1;
}

static bool calendar(const struct times *times, uint64_t ns, struct tm *when)
{
    time_t seconds = (time_t)(ns / CLOCK_SECOND);
    return times->style == TIMES_UTC ? gmtime_r(&seconds, when) != NULL : localtime_r(&seconds, when) != NULL;
}

/* "12:36:52" with its fraction */
static void format_clock(const struct times *times, uint64_t ns, int digits, char *text, size_t size)
{
    char clock[32] = "", fraction[12];
    struct tm when;
    if (calendar(times, ns, &when))
        strftime(clock, sizeof clock, "%H:%M:%S", &when);
    snprintf(fraction, sizeof fraction, "%09u", (unsigned int)(ns % CLOCK_SECOND));
    snprintf(text, size, "%s.%.*s%s", clock, digits, fraction, times->style == TIMES_UTC ? "Z" : "");
}

/* Seconds from one time to another, which a clock that was set back may have before it. */
static void format_difference(uint64_t from_ns, uint64_t to_ns, char *text, size_t size)
{
    uint64_t ns = to_ns >= from_ns ? to_ns - from_ns : from_ns - to_ns;
    snprintf(text, size, "%s%llu.%06u", to_ns < from_ns ? "-" : "", (unsigned long long)(ns / CLOCK_SECOND),
             (unsigned int)(ns / 1000 % 1000000));
}

void times_format(const struct times *times, uint64_t ns, char *text, size_t size)
{
    char difference[40];
    if (times->style == TIMES_LOCAL || times->style == TIMES_UTC) {
        format_clock(times, ns, 6, text, size);
        return;
    }
    if (times->style == TIMES_RELATIVE)
        format_difference(times->begin_ns, ns, difference, sizeof difference);
    else
        format_difference(times->last_ns ? times->last_ns : ns, ns, difference, sizeof difference);
    snprintf(text, size, "%12s", difference);
}

void times_format_other(const struct times *times, uint64_t ns, int digits, char *text, size_t size)
{
    if (times->style == TIMES_RELATIVE)
        format_difference(times->begin_ns, ns, text, size);
    else
        format_clock(times, ns, digits, text, size);
}

void times_format_date(const struct times *times, uint64_t ns, char *text, size_t size)
{
    struct tm when;
    text[0] = '\0';
    if (calendar(times, ns, &when))
        strftime(text, size, times->style == TIMES_UTC ? "%Y-%m-%d %H:%M:%SZ" : "%Y-%m-%d %H:%M:%S", &when);
}

bool times_next(struct times *times, uint64_t ns, char *day, size_t size)
{
    struct tm when;
    bool is_new = calendar(times, ns, &when) && (when.tm_year != times->year || when.tm_yday != times->day) &&
                  times->style != TIMES_RELATIVE && times->style != TIMES_DELTA;
    if (is_new) {
        times->year = when.tm_year;
        times->day = when.tm_yday;
        strftime(day, size, "%Y-%m-%d", &when);
    }
    return is_new;
}
