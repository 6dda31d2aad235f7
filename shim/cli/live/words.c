#include "words.h"

#include <stdio.h>

#include "../clock.h"
#include "../log/names.h"

void format_clock(uint64_t ns, char *text, size_t size)
{
    clock_format(ns, "%H:%M:%S", text, size);
}

void format_rate(double rate, char *text, size_t size)
{
    if (rate < 99.95)
        snprintf(text, size, "%.1f", rate);
    else if (rate < 9999.5)
        snprintf(text, size, "%.0f", rate);
    else if (rate < 999500)
        snprintf(text, size, "%.*fk", rate < 99950, rate / 1e3);
    else
        snprintf(text, size, "%.1fM", rate / 1e6);
}

const char *error_words(const struct listener_error *error)
{
    return error->error ? error_name(error->error) : "others";
}

void format_last(const struct listener *listener, uint64_t now_ns, char *text, size_t size)
{
    const struct last_failure *last = &listener->last;
    char age[24];
    text[0] = '\0';
    if (!last->at_ns)
        return;
    format_age(now_ns > last->at_ns ? now_ns - last->at_ns : 0, age, sizeof age);
    if (last->turned_away)
        snprintf(text, size, "%s %llu %s", age, (unsigned long long)last->turned_away,
                 overflow_word(listener->overflow));
    else
        snprintf(text, size, "%s %s", age, last->text);
}

const char *state_word(const struct live_ring *ring, const struct listener *listener)
{
    return !ring->lives ? "ended" : live_listens(ring, listener) ? "listens" : "closed";
}
