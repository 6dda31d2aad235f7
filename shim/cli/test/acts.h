/*
 * What the ring of a run says of the keys: which acted, at which calls, and which promises could not be kept.
 */
#ifndef LISTENAS_CLI_TEST_ACTS_H
#define LISTENAS_CLI_TEST_ACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../profile/loader/annotated_profile.h"
#include "place.h"

/* One key that acted. */
struct act {
    enum key key;
    unsigned int count; /* of records */
    bool has_failed;    /* it made a call fail that Linux lets succeed, or gave another error */
    char call[400];     /* the first such call, as the log prints it */
    char given[64];     /* what the program got */
    char kernel[64];    /* what the kernel gave; empty if it was not asked, or gave the same */
    struct place_in_program place;
};

struct acts {
    struct act *act;
    size_t count;
    uint64_t calls;         /* records of calls; the start of a process is none */
    bool is_overwritten;    /* older records are missing */
    bool lacks_refuser;     /* a queue was to refuse or reset, and nobody does it */
    bool is_met[KEY_COUNT]; /* the promise is not enforced, and a call met it */
};

/* Who asks, and for what: see acts_read. */
struct acts_wish {
    const struct annotated_profile *annotated;
    const char *program, *root; /* of place_find; NULL `root`: places are not wanted */
};

/* Reads a ring. Returns NULL, or what is wrong with the file, in words; then nothing is known. */
const char *acts_read(struct acts *acts, const char *ring, const struct acts_wish *wish);

/* The act of a key; NULL if it did not act. */
const struct act *acts_find(const struct acts *acts, enum key key);

#endif
