/*
 * Dead rings do not pile up: each run removes the oldest of its user's that are beyond a limit.
 */
#ifndef LISTENAS_CLI_RUN_PRUNE_H
#define LISTENAS_CLI_RUN_PRUNE_H

#include <stdbool.h>
#include <stdint.h>

/* How many dead rings stay, and how many bytes of them. */
struct prune_limit {
    uint64_t count, size;
};

/* Where neither --keep nor LISTENAS_KEEP says otherwise. */
#define PRUNE_COUNT 32
#define PRUNE_SIZE (UINT64_C(64) << 20)
#define PRUNE_USUAL "32,64M"

/*
 * Reads "COUNT", "COUNT,SIZE" with a size such as 512K, 64M or 1G, or "all" for no limit; NULL is the usual one. False
 * for anything else.
 */
bool prune_read(const char *text, struct prune_limit *limit);

/*
 * Removes, from that directory, this user's rings that nobody writes to any more: those with no record, and the oldest
 * of the rest until both limits hold. Touches only files whose name a launcher or the library has made of a program, a
 * process that has ended and a time; a ring that any process maps for writing stays. Says nothing, as whoever comes at
 * the same time removes the same. Looks at the names of the directory once, and into no file but those.
 */
void prune(const char *directory, const struct prune_limit *limit);

#endif
