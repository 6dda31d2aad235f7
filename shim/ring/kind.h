/*
 * What a ring file says of itself: where its parts are.
 */
#ifndef LISTENAS_RING_KIND_H
#define LISTENAS_RING_KIND_H

#include "layout.h"

/* Sizes in slots; a power of two between these. */
#define RING_SLOTS_LEAST 64u
#define RING_SLOTS_USUAL 4096u
#define RING_SLOTS_MOST (1u << 20)

/* The bytes of a header with so many key names, KEY_NAMES_MOST at most: whole pages. */
uint32_t ring_header_size(uint32_t keys);

/*
 * The kind of a ring of this version, from what its maker chooses; a pure function of that. `compatible`: the bits of
 * tables that not every ring has.
 */
void ring_kind_make(struct ring_kind *kind, uint32_t header_size, uint32_t slots, uint32_t compatible);

/* What `kind->sum` must be; a pure function of the fields before it. */
uint32_t ring_kind_sum(const struct ring_kind *kind);

/* The file's size in bytes. */
uint64_t ring_kind_size(const struct ring_kind *kind);

/*
 * NULL if a file of this size and kind can be read as a ring, else what is wrong with it, in words. What is accepted
 * has every part inside the file.
 */
const char *ring_fault(const struct ring_kind *kind, uint64_t file_size);

#endif
