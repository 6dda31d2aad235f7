/*
 * What the library knows of the process that it is a guest in. Set once when the library starts, then only read;
 * only the profile can change later, while the process has one thread (choose.h).
 *
 * The library starts at the process's first hooked call, or in its constructor: that runs after the constructors of
 * the libraries that the program needs, and after the program's own preinit array.
 */
#ifndef LISTENAS_GUEST_GUEST_H
#define LISTENAS_GUEST_GUEST_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../profile/profile.h"
#include "../refuser/address.h"
#include "../ring/likely.h"
#include "../ring/place.h"
#include "../rules/accept_plan.h"

/* GUEST_BESIDE: ready, and another library that hooks the same calls comes between this one and libc. */
enum guest_state { GUEST_NEW, GUEST_STARTING, GUEST_READY, GUEST_BESIDE };

/* What every call reads comes first, in one cache line. */
struct guest {
    _Alignas(64) struct profile profile; /* begins with its needs */
    uintptr_t program_start;             /* of the main program in memory, up to program_end */
    uintptr_t program_end;
    _Atomic int state;       /* enum guest_state */
    _Atomic uint32_t missed; /* calls that found the library not ready and that no start record has counted yet */
    struct accept_plan accept, accept4; /* derived from the profile by guest_be_ready */
    struct ring_place place;
    struct refuser_address refuser;
    char diagnostic[256]; /* why the process is native although it asked for another profile */
    char profile_name[64];
    const char *settings; /* LISTENAS_SET, as far as it is in force; NULL for none */
};

/* All zero until the library starts: native, and without a ring. */
extern struct guest guest;

static_assert(offsetof(struct profile, needs) == 0 && offsetof(struct needs, phases) + CALL_COUNT <= 64,
              "whether a call is left alone is told by one cache line");

/*
 * Starts the library, unless that is done, in progress, or must wait for libc; in the last two cases counts one
 * missed call. Of several calls at once, from threads or from a signal handler that interrupts the start, one starts
 * the library and none waits. Returns whether the library is ready. Keeps errno.
 */
__attribute__((cold)) bool guest_start(void);

/*
 * Keeps a copy of LISTENAS_SET (`text`, NULL if it is not set) in `guest.settings` for the record: a program may write
 * over its environment. It is in a page of its own, which only processes with settings have. Only for the start and for
 * choose.c.
 */
void guest_keep_settings(const char *text);

/* Puts the profile in force for all calls. Only for the start and for choose.c. */
void guest_be_ready(void);

/*
 * The slow part of guest_takes. Under GUEST_BESIDE it asks the next library and the kernel for the socket's domain.
 * If they differ, the library shows the program a socket that the kernel does not have (socket_wrapper makes TCP of
 * AF_UNIX), so no rule can judge by the kernel's answers, and the call is left to that library.
 */
__attribute__((cold)) bool guest_looks(int fd);

/*
 * Whether rules and record apply to a call on this socket (-1: none yet). Each hook asks first; if not, the call
 * goes on as if this library were not loaded. May be called from a signal handler; keeps errno.
 */
static inline bool guest_takes(int fd)
{
    return likely(atomic_load_explicit(&guest.state, memory_order_acquire) == GUEST_READY) /* S2, with S1 */
           || guest_looks(fd);
}

/* Whether the call is the kernel's alone: no key acts at it, no error is provoked, and nobody asks for its facts. */
static inline bool guest_leaves(enum call call)
{
    return !guest.profile.needs.phases[call];
}

/* Whether keys in force act at this call. */
static inline bool guest_acts(enum call call)
{
    return guest.profile.needs.phases[call] & (NEEDS_PROVOKED - 1);
}

/* Whether keys in force act at this call, and nobody else asks for it. */
static inline bool guest_only_acts(enum call call)
{
    return guest.profile.needs.phases[call] < NEEDS_PROVOKED;
}

/* Whether LISTENAS_PROVOKE names this call. */
static inline bool guest_provokes(enum call call)
{
    return guest.profile.needs.phases[call] & NEEDS_PROVOKED;
}

/* Whether the facts of this call are recorded: record.facts asks for it, and no key in force acts at it. */
static inline bool guest_observes(enum call call)
{
    return guest.profile.needs.phases[call] & NEEDS_OBSERVED;
}

static inline bool guest_acts_in(enum call call, enum phase phase)
{
    return needs_phase(&guest.profile.needs, call, phase);
}

/* What the rules say of a usual call of accept or accept4. */
static inline const struct accept_plan *guest_accept_plan(enum call call)
{
    return call == CALL_accept4 ? &guest.accept4 : &guest.accept;
}

/* The facts (enum need) that the keys in force need at this call in this phase; 0 if none acts in it. */
static inline unsigned int guest_needs(enum call call, enum phase phase)
{
    return guest.profile.needs.facts[call][phase];
}

#endif
