/*
 * Why a call was changed: what Linux would have given, and what the profile says of each key that made a difference.
 */
#ifndef LISTENAS_CLI_LOG_EXPLAIN_H
#define LISTENAS_CLI_LOG_EXPLAIN_H

#include "../../ring/settings.h"
#include "../select/context.h"

/* A record names two keys, and stands for up to two more. */
#define EXPLAINED_RULES 4

struct explained_rule {
    bool is_first; /* not explained before, with this profile */
    char key[KEY_NAME_SIZE + 1];
    char value[192];      /* in the profile; "?" where that is not known */
    const char *firmness; /* "kept", "unverified" ... */
    char source[200];     /* what the profile's file says of the value; empty for nothing */
    char place[192];      /* where it says so, "file:line"; empty for nowhere */
    const char *help;     /* the rule in words; empty for a key that this version does not have */
    const char *native;   /* what Linux does by itself; empty where that depends */
};

struct explanation {
    char native[192]; /* what Linux would have given */
    char profile[64]; /* that the process runs as */
    char fault[256];  /* why the profile cannot be read here; empty if it can */
    bool is_first;    /* nothing was explained with this profile before */
    size_t count;     /* of rules */
    struct explained_rule rules[EXPLAINED_RULES];
};

/*
 * Explains a record that a key has changed. The profile is read as it is now, with the settings that are recorded of
 * the process. See known_profile.h for what it keeps.
 */
void explain_record(const struct ring *ring, const struct record *record, const struct context_process *process,
                    struct explanation *explanation);

#endif
