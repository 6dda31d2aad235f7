/*
 * The rings that a log is made of: each is read by itself, and what they tell is put in order of time.
 */
#ifndef LISTENAS_CLI_LOG_SOURCE_H
#define LISTENAS_CLI_LOG_SOURCE_H

#include <sys/types.h>

#include "../../ring/cursor.h"
#include "../select/context.h"
#include "callers.h"
#include "source_heap.h"

struct source {
    struct source *next;
    dev_t device;
    ino_t inode;
    int fd;       /* the file; -1 once the source has ended and is closed */
    bool is_seen; /* for sources_find */
    struct ring ring;
    struct cursor cursor;
    struct context context;
    struct callers callers;
    char server[80];           /* "legacyd[123]": the program that the ring was made for, and its process */
    enum cursor_answer answer; /* CURSOR_END: `told` is used up */
    struct told told;
    bool is_told;                          /* for view.c: the header has been printed */
    struct missing early[GAP_DAMAGED + 1]; /* for view.c: what was missing before that */
    bool is_asked;                         /* for follow.c: who writes has been asked since the maker ended */
    int looks_left;                        /* for follow.c: until it is closed; 0 while it goes on */
};

struct sources {
    struct source *first;
    enum cursor_mode mode;
    size_t count;    /* of the list */
    size_t left_out; /* rings that sources_find could not open the last time; left_out_error: why */
    int left_out_error;
    struct source_heap ready; /* those of them that have something to tell */
};

/* Adds a ring by its path. NULL, or what is wrong, in words. */
const char *sources_open(struct sources *sources, const char *path);

/* Adds those of this user's rings that are not there yet, and forgets the closed ones whose files are gone. */
void sources_find(struct sources *sources);

/*
 * The source whose next thing to tell is the earliest, with that in `answer` and `told`; NULL if there is none, or it
 * is of a time between `until_ns` and a moment later, and another ring may still tell something earlier. 0: no limit.
 */
struct source *sources_next(struct sources *sources, uint64_t until_ns);

/* Looks what has come since the last look; sources_next tells nothing new before. */
void sources_look(struct sources *sources);

/*
 * Whether nobody writes to the ring any more, and all of it has been told. Reads /proc; costs milliseconds. A process
 * of another pid namespace is not seen.
 */
bool source_has_ended(const struct source *source);

/* Whether the process that made the ring has ended: a cheap hint that source_has_ended may be true now. */
bool source_may_have_ended(const struct source *source);

/* Ends the reading of a source. */
void source_close(struct source *source);

/* Closes and frees all. */
void sources_close(struct sources *sources);

#endif
