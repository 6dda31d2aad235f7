#include <assert.h>
#include <string.h>

#include "profile.h"

const struct key_row key_rows[KEY_COUNT] = {
    [KEY_NONE] = {"", "", "", 0, KIND_VALUE, 0, "", "", "", "", ""},
#define KEY(section, name, kind, legal, initial, native, help, advice)                                                 \
    [KEY_##section##_##name] = {#section,                                                                              \
                                #name,                                                                                 \
                                #section "." #name,                                                                    \
                                sizeof(#section "." #name) - 1,                                                        \
                                KIND_##kind,                                                                           \
                                offsetof(struct profile, section##_##name),                                            \
                                legal,                                                                                 \
                                initial,                                                                               \
                                native,                                                                                \
                                help,                                                                                  \
                                advice},
#include "keys.def"
};

enum key key_of_name(const char *full)
{
    size_t length = strlen(full);
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (key_rows[key].full_length == length && memcmp(key_rows[key].full, full, length) == 0)
            return (enum key)key;
    return KEY_NONE;
}

static void *field_of(struct profile *profile, enum key key)
{
    return (char *)profile + key_rows[key].offset;
}

const char *key_set(struct profile *profile, enum key key, const char *text, bool *promise_only)
{
    const struct key_row *row = &key_rows[key];
    *promise_only = false;
    if (row->kind == KIND_FORMULA) {
        struct formula formula;
        if (!formula_parse(text, &formula))
            return "kernel, unlimited, or a formula such as: b, b + 1, 3/2 b + 1 min 1 max 128";
        *promise_only = !formula.kernel && strstr(row->legal, "!FORMULA");
        if (!*promise_only)
            *(struct formula *)field_of(profile, key) = formula;
        return NULL;
    }
    struct value value;
    if (!value_parse(text, &value) || !value_is_legal(row->legal, value, promise_only))
        return row->legal;
    if (!*promise_only)
        *(struct value *)field_of(profile, key) = value;
    return NULL;
}

/* Most initial values are all zero, and need no parsing. */
static_assert(WORD_KERNEL == 0, "the zeroed value is \"kernel\"");

void key_reset(struct profile *profile, enum key key)
{
    bool promise_only;
    if (key_rows[key].kind == KIND_VALUE && strcmp(key_rows[key].initial, "kernel") == 0)
        *(struct value *)field_of(profile, key) = (struct value){0};
    else
        key_set(profile, key, key_rows[key].initial, &promise_only);
}

void profile_reset(struct profile *profile)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        key_reset(profile, (enum key)key);
}

static bool key_asks(const struct profile *profile, enum key key)
{
    const void *set = (const char *)profile + key_rows[key].offset;
    if (key_rows[key].kind == KIND_FORMULA)
        return !((const struct formula *)set)->kernel;
    struct profile initial;
    key_reset(&initial, key);
    const struct value *a = set, *b = field_of(&initial, key);
    return a->word != b->word || a->number != b->number;
}

bool profile_asks(const struct profile *profile, const char *section)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++) {
        const struct key_row *row = &key_rows[key];
        if (row->section[0] == section[0] && strcmp(row->section, section) == 0 && key_asks(profile, (enum key)key))
            return true;
    }
    return false;
}
