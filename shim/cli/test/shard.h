/*
 * A share of the work, the same on every machine.
 */
#ifndef LISTENAS_CLI_TEST_SHARD_H
#define LISTENAS_CLI_TEST_SHARD_H

#include "plan.h"

/* Reads "I/N" into the plan. Returns -1, or STATUS_USAGE after a message. */
int shard_read(struct plan *plan, const char *text);

/* Whether a unit as a platform is in the plan's share. All is, where there are no shares. */
bool shard_has(const struct plan *plan, const char *unit, const char *platform);

/* A hash of texts that is the same everywhere and for ever: FNV-1a, 64 bits. Begin with 0; a NUL is hashed after it. */
uint64_t shard_hash(uint64_t hash, const char *text);

#endif
