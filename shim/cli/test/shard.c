#include "shard.h"

#include <stdio.h>
#include <string.h>

#include "../cli.h"
#include "status.h"

int shard_read(struct plan *plan, const char *text)
{
    int length = 0;
    if (sscanf(text, "%u/%u%n", &plan->shard, &plan->shards, &length) == 2 && !text[length] && plan->shard >= 1 &&
        plan->shard <= plan->shards && plan->shards <= 10000)
        return -1;
    say("--shard: \"%s\": expected I/N, such as 1/4 to 4/4", text);
    return STATUS_USAGE;
}

/* Source of the numbers: draft-eastlake-fnv, section 5. */
uint64_t shard_hash(uint64_t hash, const char *text)
{
    if (hash == 0)
        hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0, size = strlen(text) + 1; i < size; i++)
        hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return hash;
}

bool shard_has(const struct plan *plan, const char *unit, const char *platform)
{
    if (plan->shards == 0)
        return true;
    uint64_t hash = shard_hash(shard_hash(0, unit), platform);
    hash ^= hash >> 32; /* the low bits of FNV alone are those of the last letters */
    return hash % plan->shards == plan->shard - 1;
}
