#include "event_text.h"

#include <stdio.h>
#include <string.h>

#include "../clock.h"
#include "../log/callform.h"
#include "../log/names.h"
#include "full.h"
#include "words.h"

static void format_what(const char *name, const struct record *record, char *text, size_t size)
{
    char call[320], result[48], full[FULL_TEXT];
    if (strcmp(name, "queue") == 0) {
        format_full(record, full, sizeof full);
        snprintf(text, size, "queue %s", full);
        return;
    }
    format_call(name, record, call, sizeof call);
    format_result(record, result, sizeof result);
    snprintf(text, size, "%s = %s", call, result);
}

void format_event(const struct ring *ring, const struct told *told, char *text, size_t size)
{
    const struct record *record = &told->record;
    char name[CALL_NAME_SIZE + 1], clock[16], what[400], times[40] = "", why[KEYS_TEXT];
    snprintf(name, sizeof name, "%.*s", CALL_NAME_SIZE, call_name(ring, record->call));
    format_clock(record->time_ns, clock, sizeof clock);
    format_what(name, record, what, sizeof what);
    if (told->repeats.count)
        snprintf(times, sizeof times, ", %llu times", (unsigned long long)told->repeats.count + 1);
    format_keys(ring, record, why, sizeof why);
    snprintf(text, size, "%s.%03u %u %s%s%s%s", clock, (unsigned int)(record->time_ns / CLOCK_MILLISECOND % 1000),
             record->pid, what, times, why, record->flags & RECORD_PROVOKED ? "; provoked" : "");
}
