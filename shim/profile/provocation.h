/*
 * Which calls of a program are to fail, and how: the setting LISTENAS_PROVOKE as a table. Set once at start, then only
 * read.
 */
#ifndef LISTENAS_PROFILE_PROVOCATION_H
#define LISTENAS_PROFILE_PROVOCATION_H

#include <stdbool.h>
#include <stdint.h>

#define PROVOCATIONS_MOST 32

/* Of the calls with these numbers, counted from 1, all with `one_in` 0, else one in so many, which the seed chooses. */
struct provocation {
    uint8_t call; /* enum call; CALL_accept stands for accept4, too */
    uint16_t error;
    uint32_t first, last, step; /* `last` is PROVOCATION_ENDLESS where there is none */
    uint32_t one_in;
};

#define PROVOCATION_ENDLESS UINT32_MAX

struct provocations {
    struct provocation of[PROVOCATIONS_MOST];
    int count;
    bool has_seed; /* the setting names it; else it is 0 */
    bool forced;   /* errors that the platform does not list are provoked, too */
    uint64_t seed;
};

#endif
