/*
 * Turns a hook's return address into a site of the ring.
 */
#ifndef LISTENAS_GUEST_CALLERS_H
#define LISTENAS_GUEST_CALLERS_H

#include "../profile/call.h"
#include "../ring/sites.h"

/*
 * What a thread remembers of its last site, in one word: bits 63-16 the return address, 15-11 the call, 10-0 the
 * number that records have for it.
 */
#define CALLER_CALL_SHIFT 11
#define CALLER_ADDRESS_SHIFT 16
#define CALLER_SITES_MOST ((1u << CALLER_CALL_SHIFT) - 1)

static inline uint64_t caller_key(const void *caller, unsigned int call)
{
    return (uint64_t)(uintptr_t)caller << CALLER_ADDRESS_SHIFT | (uint64_t)call << CALLER_CALL_SHIFT;
}

/* How many such words a process remembers; the later of two that meet in one place stays. A power of two. */
#define CALLER_REMEMBERED 128u

/*
 * The number that a record has for this site: from `remembered` (CALLER_REMEMBERED words; NULL for none), or from
 * the ring's tables, to which it adds a new site with its frames. 0 if they are full. Takes no lock, and makes no
 * system call, unless facts are recorded (record.facts). May be called from a signal handler; keeps errno.
 */
uint32_t caller_site(const struct ring *ring, _Atomic uint64_t *remembered, const void *caller,
                     const struct record *record);

#endif
