/*
 * What the library knows of the process it is a guest in: set once by the constructor, then only read.
 */
#ifndef LISTENAS_HOOKS_GUEST_H
#define LISTENAS_HOOKS_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "../profile/book.h"
#include "../ring/place.h"

struct guest {
    struct book book;
    bool asks_listen, asks_bind, asks_accept; /* whether any key of the section is in force */
    struct ring_place place;
    char complaint[256];     /* why the profile is native instead of the one that was asked for */
    uintptr_t program_start; /* of the main program's code in memory, up to program_end */
    uintptr_t program_end;
};

/* All zero, that is native and without a ring, until the constructor has run. */
extern struct guest guest;

#endif
