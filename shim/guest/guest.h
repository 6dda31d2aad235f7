/*
 * What the library knows of the process it is a guest in: set once by the constructor, then only read.
 */
#ifndef LISTENAS_GUEST_GUEST_H
#define LISTENAS_GUEST_GUEST_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../profile/profile.h"
#include "../refuser/address.h"
#include "../ring/place.h"

/* What every call reads stands first, in one cache line. */
struct guest {
    _Alignas(64) struct profile profile; /* begins with its needs */
    uintptr_t program_start;             /* of the main program's code in memory, up to program_end */
    uintptr_t program_end;
    uintptr_t data_start; /* of its static variables, up to data_end */
    uintptr_t data_end;
    uintptr_t stack_end; /* of the main thread; 0 if unknown */
    struct ring_place place;
    struct refuser_address refuser;
    char diagnostic[256]; /* why the profile is native instead of the one that was asked for */
    char profile_name[64];
};

/* All zero, that is native and without a ring, until the constructor has run. */
extern struct guest guest;

static_assert(offsetof(struct profile, needs) == 0 && offsetof(struct needs, phases) + CALL_COUNT <= 64,
              "whether a call is left alone is told by one cache line");

/* Whether the profile has keys in force that act at this call; if not, it is the kernel's alone. */
static inline bool guest_acts(enum call call)
{
    return guest.profile.needs.phases[call];
}

static inline bool guest_acts_in(enum call call, enum phase phase)
{
    return needs_phase(&guest.profile.needs, call, phase);
}

/* The facts (enum need) that the keys in force need at this call in this phase; 0 also where none acts in it. */
static inline unsigned int guest_needs(enum call call, enum phase phase)
{
    return guest.profile.needs.facts[call][phase];
}

#endif
