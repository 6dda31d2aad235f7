/*
 * Why a call was changed: what the tables and the profile say of a key that a record names.
 */
#ifndef LISTENAS_CLI_VIEW_WHY_H
#define LISTENAS_CLI_VIEW_WHY_H

#include "../../profile/loader/annotated_profile.h"
#include "../../ring/settings.h"

enum why_source {
    WHY_PROFILE,  /* the profile sets the key */
    WHY_SETTING,  /* the process was started with it: `run -o` or LISTENAS_SET */
    WHY_UNSET,    /* neither does: the profile has changed since */
    WHY_UNLOADED, /* the profile cannot be read here, or not all settings are recorded */
    WHY_UNKNOWN,  /* this build of the command has no such key */
};

struct why {
    enum why_source source;
    enum key key;
    const char *help, *advice;
    const char *native;     /* what Linux does by itself; empty where that depends on the host */
    const char *value;      /* for WHY_PROFILE and WHY_SETTING; static memory until the next profile is asked for */
    const char *note;       /* these three for WHY_PROFILE: the profile's own words */
    char place[192];        /* the file and line */
    enum standing standing; /* how firm it is */
};

/* What a record was made under. */
struct why_under {
    const char *profile;
    const struct settings *settings;
};

/* Explains the key of this name, with the profile as it is here and now. */
void why_find(struct why *why, const struct why_under *under, const char *key);

#endif
