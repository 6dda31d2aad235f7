/*
 * The values of keys: a word, a number, an errno, or a formula of the backlog.
 */
#ifndef LISTENAS_PROFILE_VALUE_H
#define LISTENAS_PROFILE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum word {
#define WORD(constant, spelling) WORD_##constant,
#include "words.def"
    WORD_NUMBER, /* the number is in `number` */
    WORD_ERRNO,  /* the errno, such as EINVAL, is in `number` */
};

struct value {
    enum word word;
    int number;
};

/* Connections queued for an effective backlog b: b * times / over + plus, then at least min, at most max. */
struct formula {
    bool kernel; /* the rule of the running kernel; the other fields mean nothing */
    int times, over, plus, min, max;
};

/*
 * Reads `text` as a value: a word of words.def, a decimal number that an int can hold, or an errno name. Returns
 * false for anything else.
 */
bool value_parse(const char *text, struct value *value);

/* Reads a formula such as "3/2 b + 1 min 1 max 128", "b", "unlimited" or "kernel"; false for anything else. */
bool formula_parse(const char *text, struct formula *formula);

/*
 * Whether `legal` (see keys.def) lists the value. `promise_only` becomes true if a '!' marks it there as a promise
 * that Linux cannot keep.
 */
bool value_is_legal(const char *legal, struct value value, bool *promise_only);

/*
 * Finds the word of `legal` whose spelling is nearest to `text`, without numbers and classes. Returns false if none
 * is near. `nearest` has `size` bytes.
 */
bool value_nearest(const char *legal, const char *text, char *nearest, size_t size);

/* Errors that reach a program have smaller numbers on Linux. */
#define ERRNO_END 134

/* A set of errnos. */
struct errors {
    uint32_t bits[(ERRNO_END + 31) / 32];
};

/*
 * Reads `text` as a set: "none", or names of errors with blanks between them. Returns false for anything else; `wrong`,
 * of `size` bytes, then holds the first word that is no name of an error.
 */
bool errors_parse(const char *text, struct errors *set, char *wrong, size_t size);

/* Whether the set has this errno, whatever number that is. */
bool errors_has(const struct errors *set, int error);

/* Writes the names of a set with blanks between them, as many as `size` bytes have room for; "none" for an empty one.
 */
void errors_format(const struct errors *set, char *text, size_t size);

#endif
