/*
 * A profile together with what was written about it: each key's text, its note, where it stands and how firm it is.
 */
#ifndef LISTENAS_PROFILE_LOADER_ANNOTATED_PROFILE_H
#define LISTENAS_PROFILE_LOADER_ANNOTATED_PROFILE_H

#include <stdbool.h>

#include "../profile.h"
#include "diagnostic.h"

#define ANNOTATED_FILES 12
#define ANNOTATED_TEXT 200

enum standing {
    STANDING_INITIAL,      /* no file speaks of this key */
    STANDING_KEPT,         /* promised, and kept */
    STANDING_UNVERIFIED,   /* kept, but no primary source supports it */
    STANDING_NOT_ENFORCED, /* promised by the platform; Linux cannot keep it, the note says why */
};

struct entry {
    enum standing standing;
    char text[64];  /* the value as it was written */
    char note[200]; /* what stood behind '#' */
    int file, line; /* index into `files` */
};

struct annotated_profile {
    struct profile profile; /* what is in force: a promise that is not enforced is not in here */
    char name[64];
    char summary[ANNOTATED_TEXT], source[ANNOTATED_TEXT];
    char parent[64]; /* what the file that was asked for inherits; empty for nothing */
    int parent_line; /* and the line that says so */
    int programs;    /* lines of that file that are meant for one program */
    struct entry entries[KEY_COUNT];
    char files[ANNOTATED_FILES][128]; /* as they are shown: a path (its end, if it is long), "LISTENAS_SET", ... */
};

#endif
