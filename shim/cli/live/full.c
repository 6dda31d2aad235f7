#include "full.h"

#include <stdio.h>

#define MILLISECOND UINT64_C(1000000)

struct full full_of(const struct record *record)
{
    bool is_told = record->flags & RECORD_TELLS, is_answered = record->flags & RECORD_WATCHED && !record->refuser_error;
    uint64_t from_ns = record->time_ns - (uint32_t)record->result * MILLISECOND;
    uint64_t to_ns = record->time_ns - (uint32_t)record->effective * MILLISECOND;
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
