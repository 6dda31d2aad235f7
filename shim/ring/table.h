/*
 * Hash tables in the ring's file that only grow, with open addressing: what sites.h and cases.h share. An entry begins
 * with its identity, 0 while it is free.
 */
#ifndef LISTENAS_RING_TABLE_H
#define LISTENAS_RING_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

/* Adds a word, or bytes, to a hash sum. */
uint64_t ring_mix(uint64_t sum, uint64_t word);
uint64_t ring_mix_bytes(uint64_t sum, const void *bytes, size_t size);

/* The entry of an index below the table's number of entries. */
void *ring_entry(const struct ring *ring, enum ring_table_number table, uint32_t index);

/*
 * Finds the entry of this identity, which is not 0, or claims a free one. Returns its index plus 1, or 0 if there is no
 * place near. `is_new`: it was claimed. Wait-free; may be called from a signal handler.
 */
uint32_t ring_claim(const struct ring *ring, enum ring_table_number table, uint64_t identity, bool *is_new);

#endif
