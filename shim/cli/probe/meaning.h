/*
 * Keys of which a word refers to another key: "same", or "kernel" where that is not what Linux does.
 */
#ifndef LISTENAS_CLI_PROBE_MEANING_H
#define LISTENAS_CLI_PROBE_MEANING_H

#include "../../profile/profile.h"

struct meaning {
    enum key key;
    const char *word; /* the one that refers to the other key */
    enum key other;
};

/* The row of a key; NULL if no word of it refers to another. */
const struct meaning *meaning_of_key(enum key key);

/* The key that counts where this one has the value `text`: another one, or itself. */
enum key key_that_counts(enum key key, const char *text);

#endif
