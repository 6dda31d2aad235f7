#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../clock.h"
#include "select.h"

/* ".123456789" or nothing; leaves `text` after it. False if there are no digits after the dot. */
static bool read_fraction(const char **text, uint64_t *ns)
{
    uint64_t digit = CLOCK_SECOND / 10;
    *ns = 0;
    if (**text != '.')
        return true;
    if (!isdigit((unsigned char)*++*text))
        return false;
    for (; isdigit((unsigned char)**text); ++*text, digit /= 10)
        *ns += digit * (uint64_t)(**text - '0');
    return true;
}

static bool read_seconds(const char **text, uint64_t *ns)
{
    uint64_t fraction;
    char *end;
    if (!isdigit((unsigned char)**text))
        return false;
    unsigned long long seconds = strtoull(*text, &end, 10);
    *text = end;
    if (seconds > INT64_MAX / CLOCK_SECOND || !read_fraction(text, &fraction))
        return false;
    *ns = seconds * CLOCK_SECOND + fraction;
    return true;
}

/* "5s" before now; not before 1970. */
static bool read_ago(const char *text, uint64_t now_ns, uint64_t *ns)
{
    static const struct {
        const char *name;
        uint64_t ns;
    } units[] = {{"ms", CLOCK_MILLISECOND}, {"s", CLOCK_SECOND},        {"", CLOCK_SECOND},
                 {"m", 60 * CLOCK_SECOND},  {"h", 3600 * CLOCK_SECOND}, {"d", 86400 * CLOCK_SECOND}};
    uint64_t count;
    if (!read_seconds(&text, &count))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(units[i].name, text) != 0)
            continue;
        double ago = (double)count / (double)CLOCK_SECOND * (double)units[i].ns;
        *ns = ago < (double)now_ns ? now_ns - (uint64_t)ago : 1;
        return true;
    }
    return false;
}

/* Whether the date and time that mktime made of it are those that were written: there is no 31 April. */
static bool make_time(struct tm *when, bool utc, time_t *seconds)
{
    const struct tm written = *when;
    when->tm_isdst = -1;
    *seconds = utc ? timegm(when) : mktime(when);
    return *seconds >= 0 && written.tm_mday == when->tm_mday && written.tm_mon == when->tm_mon;
}

/* Reads what `form` says from `*text` and goes on after it; else changes nothing. */
static bool read_form(const char **text, const char *form, struct tm *when)
{
    struct tm read = *when;
    const char *end = strptime(*text, form, &read);
    if (!end)
        return false;
    *when = read;
    *text = end;
    return true;
}

/* A date, a time of day, or both with a blank or a T between them. */
static bool read_parts(const char **text, struct tm *when, uint64_t *fraction)
{
    bool has_date = read_form(text, "%Y-%m-%d", when);
    if (has_date && **text != ' ' && **text != 'T')
        return true;
    *text += has_date;
    if (read_form(text, "%H:%M:%S", when))
        return read_fraction(text, fraction);
    return read_form(text, "%H:%M", when);
}

static bool read_calendar(const char *text, uint64_t now_ns, uint64_t *ns)
{
    time_t now = (time_t)(now_ns / CLOCK_SECOND), seconds;
    size_t length = strlen(text);
    bool utc = length > 0 && text[length - 1] == 'Z';
    uint64_t fraction = 0;
    struct tm when;
    if (!(utc ? gmtime_r(&now, &when) : localtime_r(&now, &when)))
        return false;
    when.tm_hour = when.tm_min = when.tm_sec = 0;
    if (!read_parts(&text, &when, &fraction) || strcmp(text, utc ? "Z" : "") != 0 || !make_time(&when, utc, &seconds))
        return false;
    *ns = (uint64_t)seconds * CLOCK_SECOND + fraction;
    return true;
}

bool select_time(const char *text, uint64_t now_ns, uint64_t *ns)
{
    *ns = now_ns;
    if (strcmp(text, "now") == 0)
        return true;
    if (text[0] == '-')
        return read_ago(text + 1, now_ns, ns);
    if (text[0] == '@')
        return text++ && read_seconds(&text, ns) && *text == '\0';
    return read_calendar(text, now_ns, ns);
}
