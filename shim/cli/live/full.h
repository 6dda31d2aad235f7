/*
 * A record of a full queue, in the terms of those who print it.
 */
#ifndef LISTENAS_CLI_LIVE_FULL_H
#define LISTENAS_CLI_LIVE_FULL_H

#include "listener.h"

struct full {
    uint64_t from_ns, to_ns;
    uint32_t clients; /* that met it: turned away by the refuser if it wrote the record, else what the kernel dropped */
    enum overflow overflow; /* what became of them */
};

/* Pure. The record is one of "queue". */
struct full full_of(const struct record *record);

#define FULL_TEXT 160

/*
 * Writes "full for 120 ms, 5 of 5, 15 clients refused", or "overflowed for ...", of such a record. FULL_TEXT bytes are
 * enough.
 */
void format_full(const struct record *record, char *text, size_t size);

/* "15 clients refused", "1 client reset", "3 SYNs dropped". Returns `text`. */
const char *format_clients(enum overflow overflow, uint64_t clients, char *text, size_t size);

#endif
