/*
 * What `run` was asked for, and what its checks have found.
 */
#ifndef LISTENAS_CLI_RUN_LAUNCH_H
#define LISTENAS_CLI_RUN_LAUNCH_H

#include <limits.h>
#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"
#include "newring.h"
#include "program.h"
#include "provoking.h"
#include "prune.h"
#include "strict.h"
#include "summary.h"

struct launch {
    const char *profile, *ring, *ring_source;
    char *overrides; /* the value of LISTENAS_SET to be; NULL for none */
    struct provoking provoking;
    struct prune_limit keep;
    struct strict strict;
    bool dry, isolate;
    char **words; /* the program and its arguments */
    char profile_path[PATH_MAX];
    char entry[PATH_MAX]; /* the library's entry in LD_PRELOAD */
    char *preload;        /* the value of LD_PRELOAD to be */
    char *asan_options;   /* the value of ASAN_OPTIONS to be; NULL where it stays as it is */
    struct annotated_profile annotated;
    struct program program;
    struct newring newring;
    struct summary summary;
};

#endif
