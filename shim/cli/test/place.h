/*
 * Where in the program a call was made.
 */
#ifndef LISTENAS_CLI_TEST_PLACE_H
#define LISTENAS_CLI_TEST_PLACE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../ring/ring.h"

/* Text fields are empty where the matter is not known. */
struct place_in_program {
    char module[PATH_MAX]; /* the path of the program or library */
    char build_id[64];     /* of it, in hexadecimal */
    uint64_t offset;       /* of the call into it; an address where `module` is empty */
    char function[256];
    char file[PATH_MAX]; /* of the source; relative to the root if it is in there */
    int line;            /* 0 if it is not known */
};

/*
 * Finds the place of a record: the innermost frame whose source is in the directory `root`, else the caller of the
 * call. `program` is the path of the program that the unit starts, which a record of another program does not tell.
 */
void place_find(const struct ring *ring, const struct record *record, const char *program, const char *root,
                struct place_in_program *place);

/* Writes such as "server.c:31 in start" or "libfoo.so+0x1f3 (build-id 3fa4...)" into `text`. */
void place_describe(const struct place_in_program *place, char *text, size_t size);

#endif
