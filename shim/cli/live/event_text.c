#include "event_text.h"

#include <stdio.h>
#include <string.h>

#include "../log/callform.h"
#include "../log/names.h"
#include "full.h"
#include "words.h"

/* What a queue was until the record was made. */
static void format_queue(const struct record *record, char *text, size_t size)
{
    const struct full full = full_of(record);
    char clients[64];
    snprintf(text, size, "queue %s for %llu ms, %d of %d%s%s", record->flags & RECORD_FULL ? "full" : "overflowed",
             (unsigned long long)(full.to_ns - full.from_ns) / 1000000, record->asked, record->capacity,
             full.clients ? ", " : "",
             full.clients ? format_clients(full.overflow, full.clients, clients, sizeof clients) : "");
}

static void format_made(const char *name, const struct record *record, char *text, size_t size)
{
    char call[320], result[48];
    format_call(name, record, call, sizeof call);
    format_result(record, result, sizeof result);
    snprintf(text, size, "%s = %s", call, result);
}

void format_event(const struct ring *ring, const struct told *told, char *text, size_t size)
{
    const struct record *record = &told->record;
    char name[CALL_NAME_SIZE + 1], clock[16], what[400], times[40] = "", why[2 * KEY_NAME_SIZE + 16] = "";
    snprintf(name, sizeof name, "%.*s", CALL_NAME_SIZE, call_name(ring, record->call));
    format_clock(record->time_ns, clock, sizeof clock);
    if (strcmp(name, "queue") == 0)
        format_queue(record, what, sizeof what);
    else
        format_made(name, record, what, sizeof what);
    if (told->repeats.count)
        snprintf(times, sizeof times, ", %llu times", (unsigned long long)told->repeats.count + 1);
    if (record->key[0] && record->key[1])
        snprintf(why, sizeof why, "; by %.*s and %.*s", KEY_NAME_SIZE, key_name(ring, record->key[0]), KEY_NAME_SIZE,
                 key_name(ring, record->key[1]));
    else if (record->key[0] || record->key[1])
        snprintf(why, sizeof why, "; by %.*s", KEY_NAME_SIZE, key_name(ring, record->key[record->key[0] ? 0 : 1]));
    snprintf(text, size, "%s.%03u %u %s%s%s%s", clock, (unsigned int)(record->time_ns / 1000000 % 1000), record->pid,
             what, times, why, record->flags & RECORD_PROVOKED ? "; provoked" : "");
}
