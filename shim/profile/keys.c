#include <assert.h>
#include <string.h>

#include "profile.h"

/* A text that fills its array leaves no room for the NUL. */
#define FITS(text, room) static_assert(sizeof(text) <= (room), "does not fit: " text)
#define KEY(section, name, kind, help, advice, ...)                                                                    \
    FITS(#section, KEY_SECTION_ROOM);                                                                                  \
    FITS(#section "." #name, KEY_FULL_ROOM);
#include "keys.def"

/* The calls that a row names. */
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
#define BEFORE_IF(word, name, needed)                                                                                  \
    {                                                                                                                  \
        .call = CALL_##name, .phases = 1 << PHASE_BEFORE, .only = WORD_##word, .facts = (needed)                       \
    }
#define HELP(text) text
#define ADVICE(text) text

const struct key_row key_rows[KEY_COUNT] = {
#define KEY(section_, name_, kind_, help_, advice_, ...)                                                               \
    [KEY_##section_##_##name_] = {.section = #section_, .full = #section_ "." #name_, __VA_ARGS__},
#include "keys.def"
};

static_assert(SECTION_COUNT <= 32, "profile_sections has 32 bits");
static_assert(sizeof(struct profile) <= UINT16_MAX, "offsets have 16 bits");

const struct key_field key_fields[KEY_COUNT] = {
#define KEY(section, name, kind, help, advice, ...)                                                                    \
    [KEY_##section##_##name] = {offsetof(struct profile, section##_##name), KIND_##kind, SECTION_##section},
#include "keys.def"
};

static const char *const helps[KEY_COUNT] = {
    [KEY_NONE] = "",
#define KEY(section, name, kind, help, advice, ...) [KEY_##section##_##name] = (help),
#include "keys.def"
};

static const char *const advices[KEY_COUNT] = {
    [KEY_NONE] = "",
#define KEY(section, name, kind, help, advice, ...) [KEY_##section##_##name] = (advice),
#include "keys.def"
};

const char *key_help(enum key key)
{
    return helps[key];
}

const char *key_advice(enum key key)
{
    return advices[key];
}

const char *key_short_name(enum key key)
{
    const char *dot = strchr(key_rows[key].full, '.');
    return dot ? dot + 1 : "";
}

enum key key_of_name(const char *full)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (strcmp(key_rows[key].full, full) == 0)
            return (enum key)key;
    return KEY_NONE;
}

static void *field_of(struct profile *profile, enum key key)
{
    return (char *)profile + key_fields[key].offset;
}

const char *key_set(struct profile *profile, enum key key, const char *text, bool *promise_only)
{
    const struct key_row *row = &key_rows[key];
    *promise_only = false;
    if (row->native[0] && strcmp(text, row->native) == 0 && strcmp(text, row->initial) != 0) {
        key_reset(profile, key);
        return NULL;
    }
    if (key_fields[key].kind == KIND_FORMULA) {
        struct formula formula;
        if (!formula_parse(text, &formula))
            return "kernel, unlimited, or a formula such as: b, b + 1, 3/2 b + 1 min 1 max 128";
        *promise_only = !formula.kernel && strstr(row->legal, "!FORMULA");
        if (!*promise_only)
            *(struct formula *)field_of(profile, key) = formula;
        return NULL;
    }
    if (key_fields[key].kind == KIND_ERRORS) {
        struct errors errors;
        char wrong[16];
        if (!errors_parse(text, &errors, wrong, sizeof wrong))
            return "none, or names of errors with blanks between them, such as: EMFILE ENFILE";
        *(struct errors *)field_of(profile, key) = errors;
        return NULL;
    }
    struct value value;
    if (!value_parse(text, &value) || !value_is_legal(row->legal, value, promise_only))
        return row->legal;
    if (!*promise_only)
        *(struct value *)field_of(profile, key) = value;
    return NULL;
}
