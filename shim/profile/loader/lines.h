/*
 * The lines of a configuration file or text, handed to inih one by one, counted and checked.
 */
#ifndef LISTENAS_PROFILE_LOADER_LINES_H
#define LISTENAS_PROFILE_LOADER_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "diagnostic.h"
#include "search.h"

struct lines {
    const struct profile_source *place;
    struct diagnostics *diagnostics;
    const char *section; /* hand out the lines of this one only; NULL: all */
    bool in_section;
    int line;               /* the number of the line that was handed out last */
    const char *next, *end; /* what is at hand: a built-in text, or a piece of the file */
    int fd;                 /* of a file, else -1 */
    size_t taken;           /* bytes of it that were read since its beginning */
    char buffer[4096];
};

/*
 * Opens what `place` names: a built-in text or a regular file, nothing else, and never waits for it. On failure
 * complains and returns false.
 */
bool lines_open(struct lines *lines, const struct profile_source *place, struct diagnostics *diagnostics);

/* Goes back to the first line, for another pass that shall not complain of the same things (`diagnostics` NULL). */
void lines_rewind(struct lines *lines);

void lines_close(struct lines *lines);

/*
 * An ini_reader: copies the next line, without leading blanks, into `line` of `size` bytes. A line that does not fit,
 * holds a NUL byte or is no line of a profile is diagnosed of and handed out empty; an unknown section is diagnosed
 * of, with or without keys. NULL at the end, which comes with a diagnostic after 65536 bytes of a file and where it
 * cannot be read.
 */
char *lines_next(char *line, int size, void *lines);

#endif
