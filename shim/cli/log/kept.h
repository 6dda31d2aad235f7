/*
 * What a ring has kept of processes and listeners while newer records took the places of the old.
 */
#ifndef LISTENAS_CLI_LOG_KEPT_H
#define LISTENAS_CLI_LOG_KEPT_H

#include <stddef.h>

#include "../../ring/keep.h"

struct kept_record {
    uint64_t number;
    struct record record;
};

/*
 * The kept records of numbers below `before`, by number, each once. Returns how many, and in `*records` memory that the
 * caller frees; none where there is no memory.
 */
size_t kept_records(const struct ring *ring, uint64_t before, struct kept_record **records);

#endif
