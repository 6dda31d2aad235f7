/*
 * Why a call was changed: what the tables and the profile say of a key that a record names.
 */
#ifndef LISTENAS_CLI_VIEW_WHY_H
#define LISTENAS_CLI_VIEW_WHY_H

#include "../../profile/loader/annotated_profile.h"

enum why_source {
    WHY_PROFILE,  /* the profile sets the key */
    WHY_SETTING,  /* it does not: a setting such as run -o did, which the record does not hold */
    WHY_UNLOADED, /* the profile cannot be read here */
    WHY_UNKNOWN,  /* this build of the command has no such key */
};

struct why {
    enum why_source source;
    enum key key;
    const char *help, *advice;
    const char *native;     /* what Linux does by itself; empty where that depends on the host */
    const char *value;      /* these three for WHY_PROFILE only; static memory until the next profile is asked for */
    const char *note;       /* the profile's own words */
    char place[192];        /* the file and line */
    enum standing standing; /* how firm it is */
};

/* Explains the key of this name under the profile of that name, as the profile is here and now. */
void why_find(struct why *why, const char *profile, const char *key);

#endif
