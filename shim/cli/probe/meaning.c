#include "meaning.h"

#include <string.h>

static const struct meaning meanings[] = {
#define AS(key, word, other) {KEY_##key, word, KEY_##other},
#include "meaning.def"
};

const struct meaning *meaning_of_key(enum key key)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].key == key)
            return &meanings[i];
    return NULL;
}

enum key key_that_counts(enum key key, const char *text)
{
    const struct meaning *meaning = meaning_of_key(key);
    return meaning && strcmp(meaning->word, text) == 0 ? meaning->other : key;
}
