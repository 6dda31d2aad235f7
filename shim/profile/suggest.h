/*
 * "Did you mean": of several candidates, the one whose spelling is nearest to an unknown word.
 */
#ifndef LISTENAS_PROFILE_SUGGEST_H
#define LISTENAS_PROFILE_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

struct suggestion {
    const char *text; /* the unknown word */
    char *best;       /* the nearest candidate so far; it has `size` bytes */
    size_t size;
    size_t distance;
};

/* Begins a search for the candidate nearest to `text`; the result goes to `best`. */
struct suggestion suggest_start(const char *text, char *best, size_t size);

/* Offers one candidate; NULL is ignored. An edit counts 1, and so does a swap of neighbours; case does not count. */
void suggest_try(struct suggestion *nearest, const char *candidate);

/* Whether the best candidate is near enough to be named: at most a third of its letters differ. */
bool suggest_found(const struct suggestion *nearest);

#endif
