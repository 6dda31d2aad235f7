/*
 * "Did you mean": the candidate nearest in spelling to a word that is none of ours.
 */
#ifndef LISTENAS_PROFILE_SUGGEST_H
#define LISTENAS_PROFILE_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

struct suggestion {
    const char *text; /* what was written */
    char *best;       /* the nearest candidate so far, `size` bytes */
    size_t size;
    size_t distance;
};

/* Begins a search for the candidate nearest to `text`; the answer will be copied to `best`. */
struct suggestion suggest_start(const char *text, char *best, size_t size);

/* Offers one candidate; NULL is passed over. Single edits count 1, swapped neighbours too, case does not count. */
void suggest_try(struct suggestion *nearest, const char *candidate);

/* Whether a candidate came near enough (at most a third of its letters differ) to be worth naming. */
bool suggest_found(const struct suggestion *nearest);

#endif
