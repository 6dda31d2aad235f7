/*
 * A profile: what one platform promises, with a field for each row of keys.def. Set once at start, then only read.
 */
#ifndef LISTENAS_PROFILE_PROFILE_H
#define LISTENAS_PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "needs.h"
#include "value.h"

enum key {
    KEY_NONE,
#define KEY(section, name, kind, help, advice, ...) KEY_##section##_##name,
#include "keys.def"
    KEY_COUNT
};

struct profile {
    struct needs needs; /* derived from the fields by profile_derive */
#define FIELD_VALUE struct value
#define FIELD_FORMULA struct formula
#define FIELD_ERRORS struct errors
#define KEY(section, name, kind, help, advice, ...) FIELD_##kind section##_##name;
#include "keys.def"
#undef FIELD_VALUE
#undef FIELD_FORMULA
#undef FIELD_ERRORS
};

enum key_kind { KIND_VALUE, KIND_FORMULA, KIND_ERRORS };

enum section {
#define SECTION(name) SECTION_##name,
#include "sections.def"
    SECTION_COUNT
};

/* Bytes of the longest text of each kind, with its NUL. */
enum {
    KEY_SECTION_ROOM = 12,
    KEY_FULL_ROOM = 40,
    KEY_LEGAL_ROOM = 52,
    KEY_INITIAL_ROOM = 8,
    KEY_NATIVE_ROOM = 20,
};

/*
 * The texts of a row. They are arrays: a pointer in a table of a shared library would cost each starting process a
 * relocation.
 */
struct key_row {
    char section[KEY_SECTION_ROOM];
    char full[KEY_FULL_ROOM]; /* "section.name" */
    char legal[KEY_LEGAL_ROOM], initial[KEY_INITIAL_ROOM], native[KEY_NATIVE_ROOM];
    struct key_act at[KEY_ACTS]; /* unused ones at the end are empty */
};

/* The table, indexed by enum key; the row of KEY_NONE has empty strings. */
extern const struct key_row key_rows[KEY_COUNT];

/* What the loader needs of each key besides the texts. */
struct key_field {
    uint16_t offset; /* of the key's field in struct profile */
    uint8_t kind;    /* enum key_kind */
    uint8_t section; /* enum section */
};

/* Indexed by enum key; KEY_NONE has no field. */
extern const struct key_field key_fields[KEY_COUNT];

/* The name without its section: "backlog_max" for "listen.backlog_max". */
const char *key_short_name(enum key key);

/* The help and the portability advice of a row; empty for KEY_NONE. The library has neither. */
const char *key_help(enum key key);
const char *key_advice(enum key key);

/* The key of a full name such as "listen.backlog_max", or KEY_NONE. */
enum key key_of_name(const char *full);

/*
 * Reads `text` into the key's field of `profile`. Returns NULL, or a description of what was expected.
 * `promise_only` becomes true for a value that a platform can promise but Linux cannot keep; the field then stays as
 * it was. What Linux does by itself is the same as the initial value. Call profile_derive afterwards.
 */
const char *key_set(struct profile *profile, enum key key, const char *text, bool *promise_only);

/* Sets one key to its row's initial value. Call profile_derive afterwards. */
void key_reset(struct profile *profile, enum key key);

/* Sets every key to its row's initial value, under which no call needs anything. */
void profile_reset(struct profile *profile);

/* Whether the key differs from its initial value. */
bool profile_asks_key(const struct profile *profile, enum key key);

/* Derives `needs` from the keys that differ from their initial values. */
void profile_derive(struct profile *profile);

#endif
