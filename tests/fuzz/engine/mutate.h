/*
 * Small changes to an input, from a seed.
 */
#ifndef LISTENAS_FUZZ_MUTATE_H
#define LISTENAS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#include "../sequences/random.h"

/* Changes an input of `size` bytes, at least one, in memory of INPUT_MAX bytes. Returns the new size. */
size_t mutate(struct random *random, uint8_t *input, size_t size);

#endif
