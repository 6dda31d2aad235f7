/*
 * Runs the program of sequences once: without the library, or under a profile.
 */
#ifndef LISTENAS_FUZZ_RUN_H
#define LISTENAS_FUZZ_RUN_H

#include <stdint.h>

/* One '0' or '1' for each step, as the program takes it. */
#define KEPT_ROOM 80

struct run {
    int status;    /* as wait gives it */
    char *trace;   /* what the program printed */
    char *errors;  /* what came on stderr */
    char *records; /* the ring as `listenas log --json` prints it; empty where there is none */
};

/* Finds the program, the library and the command in LISTENAS_BUILD, and makes a directory for all runs. */
void run_begin(void);

/* Removes that directory. Only for the process that has called run_begin. */
void run_end(void);

/*
 * Makes the steps of `seed` that are `kept` ("" for all) in a new network and directory, without the library where
 * `profile` is NULL. May be called in several processes at once. run_free must follow.
 */
struct run run_once(uint64_t seed, const char *kept, const char *profile);

void run_free(struct run *run);

#endif
