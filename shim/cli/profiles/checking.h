/*
 * `listenas profiles check`: what its files share.
 */
#ifndef LISTENAS_CLI_PROFILES_CHECKING_H
#define LISTENAS_CLI_PROFILES_CHECKING_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"

struct checking {
    bool quiet;   /* say mistakes alone */
    int mistakes; /* so far */
};

/* Prints "CALLED: note: TEXT", formatted as printf does, unless `quiet`. A note is no mistake. */
void checking_note(const struct checking *checking, const char *called, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Reports a mistake, formatted as printf does, and counts it. */
void checking_mistake(struct checking *checking, const char *called, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Checks the profile that a name or a path finds, with its drop-ins; messages call it `called`. */
void check_profile(struct checking *checking, const char *name, const char *called);

/* Checks a directory of profiles, NAME.conf, and of drop-ins, NAME.d, as if it were the first of the search. */
void check_directory(struct checking *checking, const char *path);

#endif
