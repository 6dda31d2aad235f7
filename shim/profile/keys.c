#include <assert.h>
#include <string.h>

#include "profile.h"

/* What a row says of the calls that its key acts at. */
#define BEFORE(name, needed)                                                                                           \
    {                                                                                                                  \
        .call = CALL_##name, .phases = 1 << PHASE_BEFORE, .facts = (needed)                                            \
    }
#define ODD(name, needed)                                                                                              \
    {                                                                                                                  \
        .call = CALL_##name, .phases = 1 << PHASE_ODD, .facts = (needed)                                               \
    }
#define FAILED(name, needed, on)                                                                                       \
    {                                                                                                                  \
        .call = CALL_##name, .phases = 1 << PHASE_FAILED, .errors = (on), .facts = (needed)                            \
    }
#define DONE(name, needed)                                                                                             \
    {                                                                                                                  \
        .call = CALL_##name, .phases = 1 << PHASE_DONE, .facts = (needed)                                              \
    }
#define HELP(text) text
#define ADVICE(text) text

const struct key_row key_rows[KEY_COUNT] = {
    [KEY_NONE] =
        {.section = "", .name = "", .full = "", .help = "", .advice = "", .legal = "", .initial = "", .native = ""},
#define KEY(section_, name_, kind_, help_, advice_, ...)                                                               \
    [KEY_##section_##_##name_] = {.section = #section_,                                                                \
                                  .name = #name_,                                                                      \
                                  .full = #section_ "." #name_,                                                        \
                                  .full_length = sizeof(#section_ "." #name_) - 1,                                     \
                                  .kind = KIND_##kind_,                                                                \
                                  .offset = offsetof(struct profile, section_##_##name_),                              \
                                  .help = (help_),                                                                     \
                                  .advice = (advice_),                                                                 \
                                  __VA_ARGS__},
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
    if (row->native[0] && strcmp(text, row->native) == 0 && strcmp(text, row->initial) != 0) {
        key_reset(profile, key);
        return NULL;
    }
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
    profile->needs = (struct needs){0};
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        key_reset(profile, (enum key)key);
}

static bool differs(const struct profile *profile, enum key key)
{
    const void *set = (const char *)profile + key_rows[key].offset;
    if (key_rows[key].kind == KIND_FORMULA)
        return !((const struct formula *)set)->kernel;
    struct profile initial;
    key_reset(&initial, key);
    const struct value *a = set, *b = field_of(&initial, key);
    return a->word != b->word || a->number != b->number;
}

void profile_derive(struct profile *profile)
{
    profile->needs = (struct needs){0};
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (differs(profile, (enum key)key))
            needs_add(&profile->needs, key_rows[key].at);
}
