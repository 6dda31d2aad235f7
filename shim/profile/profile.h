/*
 * A profile: what one platform promises, a field for each row of keys.def. Set once at start, then only read.
 */
#ifndef LISTENAS_PROFILE_PROFILE_H
#define LISTENAS_PROFILE_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "needs.h"
#include "value.h"

enum key {
    KEY_NONE,
#define KEY(section, name, kind, help, advice, ...) KEY_##section##_##name,
#include "keys.def"
    KEY_COUNT
};

struct profile {
    struct needs needs; /* what profile_derive has made of the fields */
#define FIELD_VALUE struct value
#define FIELD_FORMULA struct formula
#define KEY(section, name, kind, help, advice, ...) FIELD_##kind section##_##name;
#include "keys.def"
#undef FIELD_VALUE
#undef FIELD_FORMULA
};

enum key_kind { KIND_VALUE, KIND_FORMULA };

struct key_row {
    const char *section, *name;
    const char *full;   /* "section.name" */
    size_t full_length; /* of that, in bytes */
    enum key_kind kind;
    size_t offset; /* of its field in struct profile */
    const char *help, *advice;
    const char *legal, *initial, *native;
    struct key_act at[KEY_ACTS]; /* the last ones may be empty */
};

/* The table, indexed by enum key; the row of KEY_NONE has empty strings. */
extern const struct key_row key_rows[KEY_COUNT];

/* The key of a full name such as "listen.backlog_max", or KEY_NONE. */
enum key key_of_name(const char *full);

/*
 * Reads `text` as a value of the key into its field of `profile`. Returns NULL, or what was expected, in words.
 * `promise_only` becomes true if a platform can promise this but Linux cannot keep it; the field then keeps what
 * it had. What Linux does by itself is the same as the initial value. profile_derive must follow.
 */
const char *key_set(struct profile *profile, enum key key, const char *text, bool *promise_only);

/* Sets the field of one key to its row's initial value. profile_derive must follow. */
void key_reset(struct profile *profile, enum key key);

/* Sets every field to its row's initial value, under which no call needs anything. */
void profile_reset(struct profile *profile);

/* Makes `needs` from the keys that differ from their initial values. */
void profile_derive(struct profile *profile);

#endif
