/*
 * A profile together with what its files say about it: each key's text, note, place and standing.
 */
#ifndef LISTENAS_PROFILE_LOADER_ANNOTATED_PROFILE_H
#define LISTENAS_PROFILE_LOADER_ANNOTATED_PROFILE_H

#include <stdbool.h>

#include "../profile.h"
#include "diagnostic.h"

/* Of a profile: its own, those that it inherits, their drop-ins. */
#define ANNOTATED_FILES 32
#define ANNOTATED_TEXT 200

/* Sections for one program whose names are kept. */
#define ANNOTATED_PROGRAMS 16

enum standing {
    STANDING_INITIAL,      /* no file sets this key */
    STANDING_KEPT,         /* promised and kept */
    STANDING_UNVERIFIED,   /* kept, but without a primary source */
    STANDING_NOT_ENFORCED, /* promised by the platform, but Linux cannot keep it: the note says why */
};

struct entry {
    enum standing standing;
    char text[192]; /* the value as the file has it */
    char note[200]; /* the text after '#' */
    int file, line; /* index into `files` */
};

struct annotated_profile {
    struct profile profile; /* what is in force: without the promises that are not enforced */
    char name[64];
    char summary[ANNOTATED_TEXT], source[ANNOTATED_TEXT];
    char parent[64]; /* what the requested file inherits from; empty for nothing */
    int parent_line; /* the line of that file that says so */
    int programs;    /* lines of that file in a section for one program */
    struct {
        char name[64];
        int line;                   /* of the section's first key */
    } sections[ANNOTATED_PROGRAMS]; /* those sections, in their order; the rest have an empty name */
    struct entry entries[KEY_COUNT];
    char files[ANNOTATED_FILES][128]; /* as messages show them: a path (its end, if it is long), "LISTENAS_SET" ... */
};

#endif
