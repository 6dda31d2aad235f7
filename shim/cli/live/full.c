#include "full.h"

#include <stdio.h>

#include "../clock.h"

struct full full_of(const struct record *record)
{
    bool is_told = record->flags & RECORD_TELLS, is_answered = record->flags & RECORD_WATCHED && !record->refuser_error;
    uint64_t from_ns = record->time_ns - (uint32_t)record->result * CLOCK_MILLISECOND;
    uint64_t to_ns = record->time_ns - (uint32_t)record->effective * CLOCK_MILLISECOND;
    return (struct full){.from_ns = from_ns,
                         .to_ns = to_ns > from_ns ? to_ns : from_ns, /* a damaged file says anything */
                         .clients = is_told ? record->reset : (uint32_t)record->given,
                         .overflow = !is_answered                    ? OVERFLOW_DROPS
                                     : record->flags & RECORD_RESETS ? OVERFLOW_RESETS
                                                                     : OVERFLOW_REFUSES};
}

const char *format_clients(enum overflow overflow, uint64_t clients, char *text, size_t size)
{
    snprintf(text, size, "%llu %s%s %s", (unsigned long long)clients, overflow == OVERFLOW_DROPS ? "SYN" : "client",
             clients == 1 ? "" : "s", overflow_word(overflow));
    return text;
}

void format_full(const struct record *record, char *text, size_t size)
{
    const struct full full = full_of(record);
    char clients[64];
    snprintf(text, size, "%s for %llu ms, %d of %d%s%s", record->flags & RECORD_FULL ? "full" : "overflowed",
             (unsigned long long)((full.to_ns - full.from_ns) / CLOCK_MILLISECOND), record->asked, record->capacity,
             full.clients ? ", " : "",
             full.clients ? format_clients(full.overflow, full.clients, clients, sizeof clients) : "");
}
