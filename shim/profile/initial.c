/* The initial values: constants that resolve/resolve.c parses when listenas is built. */
#include <string.h>

#include "builtin.h"

static const void *initial_of(enum key key)
{
    return (const char *)&builtin_initial + key_fields[key].offset;
}

void key_reset(struct profile *profile, enum key key)
{
    static const size_t sizes[] = {
        [KIND_VALUE] = sizeof(struct value),
        [KIND_FORMULA] = sizeof(struct formula),
        [KIND_ERRORS] = sizeof(struct errors),
    };
    memcpy((char *)profile + key_fields[key].offset, initial_of(key), sizes[key_fields[key].kind]);
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
    if (key_fields[key].kind == KIND_ERRORS)
        return memcmp(set, initial_of(key), sizeof(struct errors)) != 0;
    return a->word != b->word || a->number != b->number;
}

/* Neither a formula nor a set is a word. */
static enum word word_of(const struct profile *profile, enum key key)
{
    const void *set = (const char *)profile + key_fields[key].offset;
    return key_fields[key].kind == KIND_VALUE ? ((const struct value *)set)->word : WORD_NUMBER;
}

void profile_derive(struct profile *profile)
{
    profile->needs = (struct needs){0};
    for (enum key key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (profile_asks_key(profile, key))
            needs_add(&profile->needs, key_rows[key].at, word_of(profile, key));
}
