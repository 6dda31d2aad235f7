/*
 * The built-in profiles: conf/ as it was at build time. Their settings are made when listenas is built, so that a
 * process that starts under one of them parses nothing. The command has their text as well, for its notes.
 */
#ifndef LISTENAS_PROFILE_BUILTIN_H
#define LISTENAS_PROFILE_BUILTIN_H

#include "profile.h"

#define BUILTIN_NAME 24

/* Deep enough for any family of platforms; a chain beyond it is a mistake. */
#define INHERIT_MAX 8

/* One key as a profile's own file sets it. A promise that is not enforced is there as the key's initial value. */
struct builtin_setting {
    uint16_t key;   /* enum key */
    uint16_t word;  /* enum word; of a formula 0 */
    int32_t number; /* of a formula its index in builtin_formulas */
};

struct builtin_profile {
    char name[BUILTIN_NAME];
    int16_t parent;        /* index of the profile that it inherits, -1 for none */
    uint16_t line;         /* of its text, that says so */
    uint16_t first, count; /* its settings: a part of builtin_settings */
};

/* Written by resolve/resolve.c. */
extern const int builtin_count;
extern const struct builtin_profile builtin_profiles[];
extern const struct builtin_setting builtin_settings[];
extern const struct formula builtin_formulas[];
extern const struct profile builtin_initial; /* each key as its row has it where no file speaks */

/* The index of a built-in profile of this name, or -1. */
int builtin_find(const char *name);

/* Sets the keys that the profile's own file sets; not those that it inherits. */
void builtin_apply(struct profile *profile, int index);

/* Likewise, on top of those that it inherits, where no file of the user's hides any of these. */
void builtin_apply_all(struct profile *profile, int index);

struct builtin {
    const char *name, *text;
};

/*
 * The text of the built-in profiles, in the order of builtin_profiles; the last row is {NULL, NULL}. Not in the
 * library. Written by the Makefile.
 */
extern const struct builtin builtins[];

#endif
