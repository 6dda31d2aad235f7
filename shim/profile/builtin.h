/*
 * The built-in profiles: conf/ as it was when listenas was built. Their settings are resolved then, so that a
 * process that starts under one of them parses nothing. The command also has their text, for the notes.
 */
#ifndef LISTENAS_PROFILE_BUILTIN_H
#define LISTENAS_PROFILE_BUILTIN_H

#include "profile.h"

#define BUILTIN_NAME 24

/* Deep enough for any family of platforms; a longer chain is a mistake. */
#define INHERIT_MAX 8

/* One key as a profile's own file sets it. A key that is not enforced has its initial value. */
struct builtin_setting {
    uint16_t key;   /* enum key */
    uint16_t word;  /* enum word; 0 for a formula and for errors */
    int32_t number; /* of a formula: its index in builtin_formulas; of errors: theirs in builtin_errors */
};

struct builtin_profile {
    char name[BUILTIN_NAME];
    int16_t parent;        /* index of the profile that it inherits from, or -1 */
    uint16_t line;         /* of the text: the one that says `inherits` */
    uint16_t first, count; /* its settings in builtin_settings */
};

/* Written by resolve/resolve.c. */
extern const int builtin_count;
extern const struct builtin_profile builtin_profiles[];
extern const struct builtin_setting builtin_settings[];
extern const struct formula builtin_formulas[];
extern const struct errors builtin_errors[];
extern const struct profile builtin_initial; /* each key as its row sets it */

/* The index of a built-in profile of this name, or -1. */
int builtin_find(const char *name);

/* Sets the keys that the profile's own file sets, without those that it inherits. */
void builtin_apply(struct profile *profile, int index);

/* Sets those that it inherits as well. Only where no user's file hides one of the profiles in the chain. */
void builtin_apply_all(struct profile *profile, int index);

struct builtin {
    const char *name, *text;
};

/*
 * The text of the built-in profiles, in the order of builtin_profiles; the last row is {NULL, NULL}. The Makefile
 * writes it; the library does not have it.
 */
extern const struct builtin builtins[];

#endif
