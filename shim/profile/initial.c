/* The initial values: constants that resolve/resolve.c parses when listenas is built. */
#include <string.h>

#include "builtin.h"

static const void *initial_of(enum key key)
{
    return (const char *)&builtin_initial + key_fields[key].offset;
}

void key_reset(struct profile *profile, enum key key)
{
    size_t size = key_fields[key].kind == KIND_FORMULA ? sizeof(struct formula) : sizeof(struct value);
    memcpy((char *)profile + key_fields[key].offset, initial_of(key), size);
}

void profile_reset(struct profile *profile)
{
    *profile = builtin_initial;
}

bool profile_asks_key(const struct profile *profile, enum key key)
{
    const void *set = (const char *)profile + key_fields[key].offset;
    const struct value *a = set, *b = initial_of(key);
    if (key_fields[key].kind == KIND_FORMULA)
        return !((const struct formula *)set)->kernel;
    return a->word != b->word || a->number != b->number;
}

/* A formula is no word. */
static enum word word_of(const struct profile *profile, enum key key)
{
    const void *set = (const char *)profile + key_fields[key].offset;
    return key_fields[key].kind == KIND_FORMULA ? WORD_NUMBER : ((const struct value *)set)->word;
}

void profile_derive(struct profile *profile)
{
    profile->needs = (struct needs){0};
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (profile_asks_key(profile, key))
            needs_add(&profile->needs, key_rows[key].at, word_of(profile, key));
}
