/*
 * The profiles that the processes of a ring run as, with what their files say.
 */
#ifndef LISTENAS_CLI_LOG_KNOWN_PROFILE_H
#define LISTENAS_CLI_LOG_KNOWN_PROFILE_H

#include "../../profile/loader/annotated_profile.h"
#include "../select/context.h"

/* A profile that was read for a program, with the settings of a process. */
struct known_profile {
    struct known_profile *next;
    struct context_process process; /* that it was looked for last */
    char *settings;                 /* NULL for none */
    bool is_read;
    bool told[KEY_COUNT]; /* rules that have been explained; for explain.c */
    char fault[256];
    struct annotated_profile profile;
};

/*
 * The profile of a process that made a record at `time_ns`: read now, with the settings that the process was started
 * with if it still runs. NULL without memory. Valid until the next call, or known_profiles_forget.
 */
struct known_profile *known_profile(const struct context_process *process, uint64_t time_ns);

/* Frees what known_profile has kept. */
void known_profiles_forget(void);

#endif
