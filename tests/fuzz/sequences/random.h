/*
 * Random numbers that are the same on every machine: splitmix64.
 */
#ifndef LISTENAS_FUZZ_RANDOM_H
#define LISTENAS_FUZZ_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

/* The next number, 0 to below - 1; the bias of the remainder does not matter here. */
static inline uint32_t random_below(struct random *random, uint32_t below)
{
    uint64_t word = random->state += UINT64_C(0x9e3779b97f4a7c15);
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((word ^ (word >> 31)) >> 16) % below;
}

/* True once in so many times. */
static inline bool random_once_in(struct random *random, uint32_t times)
{
    return random_below(random, times) == 0;
}

#define RANDOM_OF(random, array) ((array)[random_below((random), sizeof(array) / sizeof *(array))])

#endif
