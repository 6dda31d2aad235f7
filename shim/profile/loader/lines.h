/*
 * The lines of a configuration file or a built-in text, counted, checked, and given to inih one by one.
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
    const char *section; /* only the lines of this section; NULL: all */
    bool in_section;
    int line;               /* the number of the line that was given last */
    const char *next, *end; /* the rest of what is in memory: a built-in text, or a piece of the file */
    int fd;                 /* of the file, or -1 */
    size_t taken;           /* bytes of the file that were read so far */
    char buffer[4096];
};

/*
 * Opens `place`: a built-in text or a regular file, nothing else, and never waits for it. Reports a failure and
 * returns false.
 */
bool lines_open(struct lines *lines, const struct profile_source *place, struct diagnostics *diagnostics);

/* Goes back to the first line for another pass, which must not report the same mistakes again (`diagnostics` NULL). */
void lines_rewind(struct lines *lines);

void lines_close(struct lines *lines);

/*
 * An ini_reader: copies the next line, without leading blanks, into `line` of `size` bytes. Reports a line that does
 * not fit, holds a NUL byte or is no line of a profile, and gives an empty one in its place; also reports unknown
 * sections. Returns NULL at the end; a file that cannot be read, or has more than 65536 bytes, ends with a
 * diagnostic.
 */
char *lines_next(char *line, int size, void *lines);

#endif
