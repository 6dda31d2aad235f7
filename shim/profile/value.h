/*
 * What a key can be worth: a word, a number, an errno, or a formula of the backlog.
 */
#ifndef LISTENAS_PROFILE_VALUE_H
#define LISTENAS_PROFILE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

enum word {
#define WORD(constant, spelling) WORD_##constant,
#include "words.def"
    WORD_NUMBER, /* the value is `number` */
    WORD_ERRNO,  /* the value is the error `number`, such as EINVAL */
};

struct value {
    enum word word;
    int number;
};

/* Connections queued for a legal backlog b: b * times / over + plus, then at least min, at most max. */
struct formula {
    bool kernel; /* the running kernel's own rule: the other fields mean nothing */
    int times, over, plus, min, max;
};

/*
 * Reads `text` as a value. Returns false if it is no word of words.def, no decimal number that an int holds
 * and no errno name.
 */
bool value_parse(const char *text, struct value *value);

/* Reads a formula such as "3/2 b + 1 min 1 max 128", "b", "unlimited" or "kernel"; false if it is none. */
bool formula_parse(const char *text, struct formula *formula);

/*
 * Whether `legal` (see keys.def) lists the value. `promise_only` becomes true if it does so behind '!', that is
 * as a promise that Linux cannot keep.
 */
bool value_is_legal(const char *legal, struct value value, bool *promise_only);

/*
 * Finds the word of `legal` nearest to `text` in spelling, numbers and classes left out. Returns false where
 * nothing comes near. `nearest` holds `size` bytes.
 */
bool value_nearest(const char *legal, const char *text, char *nearest, size_t size);

#endif
