/*
 * What one call of `listenas test` is to do: made from the command line once, then only read.
 */
#ifndef LISTENAS_CLI_TEST_PLAN_H
#define LISTENAS_CLI_TEST_PLAN_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../profile/loader/annotated_profile.h"
#include "../../profile/suggest.h"
#include "reports.h"

struct platform {
    const char *name; /* as LISTENAS_PROFILE has it: an absolute path, or a name */
    char *label;      /* how it is shown, and named in an ID */
    struct annotated_profile annotated;
    bool is_shaky; /* most of what it promises has no primary source */
};

struct platforms {
    struct platform **platform; /* the first is native */
    size_t count;
};

struct split;

struct plan {
    char **words;              /* the command */
    const char *each;          /* the file of cases, or NULL */
    const struct split *split; /* or NULL */
    struct platforms platforms;
    const char *names; /* the platforms as they were asked for, or NULL */
    const char *root;  /* frames in here are the program's own */
    const char *set;   /* LISTENAS_SET of the user, "" if none */
    unsigned int jobs; /* at a time; where `has_jobs`, as the user wants it, else the processors */
    bool has_jobs;
    double timeout; /* seconds; 0: by what the case takes natively */
    struct reports reports;
    const char *baseline;
    unsigned int shard, shards; /* `shard` of 1 to `shards`; 0 of 0 where the work is not shared */
    const char *provoke;        /* the errors to be provoked, or NULL */
    const char *replay;         /* the ID that is replayed, or NULL */
    const char *only;           /* the one case that is looked at; NULL for all */
    struct suggestion *nearest; /* of the cases that ran, the nearest to `only`, which is none of them; NULL for none */
    bool is_verbose;            /* tells each step instead of a table */
    bool is_isolated;           /* runs have a network and a /tmp of their own */
    uint32_t ring_slots;        /* of each ring */
    char *work;                 /* a directory for what runs leave, removed at the end */
    char *id;                   /* of this command in this directory */
    char *kept; /* the directory of what stays: the result, rings and logs of cases that differ; NULL: nothing */
    char program[PATH_MAX]; /* what is executed */
    char *preload;          /* LD_PRELOAD of the runs */
};

#endif
