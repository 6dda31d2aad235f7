/*
 * The profiles that the processes of a ring run as, with what their files say.
 */
#ifndef LISTENAS_CLI_LOG_KNOWN_PROFILE_H
#define LISTENAS_CLI_LOG_KNOWN_PROFILE_H

#include "../../profile/loader/annotated_profile.h"
#include "../../ring/settings.h"
#include "../select/context.h"

/* A profile that was read for a program, with settings. */
struct known_profile {
    struct known_profile *next;
    struct context_process process; /* that it was looked for first */
    struct settings settings;
    bool is_read;
    bool told[KEY_COUNT]; /* rules that have been explained; for explain.c */
    char fault[256];
    struct annotated_profile profile;
};

/*
 * The profile of a process of this ring: read now, with the settings that the ring has of the process. NULL without
 * memory. Valid until the next call, or known_profiles_forget.
 */
struct known_profile *known_profile(const struct ring *ring, const struct context_process *process);

/* Frees what known_profile has kept. */
void known_profiles_forget(void);

#endif
