/*
 * What the library knows of the process it is a guest in: set once by the constructor, then only read.
 */
#ifndef LISTENAS_HOOKS_GUEST_H
#define LISTENAS_HOOKS_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "../profile/profile.h"
#include "../refuser/address.h"
#include "../ring/place.h"

/* What every call reads stands first, in one cache line. */
struct guest {
    _Alignas(64) bool asks_listen; /* whether any key that the call looks at is in force */
    bool asks_bind, asks_accept, asks_filter, asks_socket, asks_shutdown, asks_connect;
    bool asks_names, asks_timeouts, asks_queue, asks_options;
    uintptr_t program_start; /* of the main program's code in memory, up to program_end */
    uintptr_t program_end;
    struct ring_place place;
    struct refuser_address refuser;
    char complaint[256]; /* why the profile is native instead of the one that was asked for */
    struct profile profile;
    char profile_name[64];
};

/* All zero, that is native and without a ring, until the constructor has run. */
extern struct guest guest;

#endif
