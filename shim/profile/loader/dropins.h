/*
 * Drop-ins: DIRECTORY/NAME.d/FILE.conf adds to the profile NAME, whichever directory of the search, or the command, has
 * that profile itself. Those of the last directory of the search come first, so that the user's overrides the system's;
 * those of one directory come in byte order of their names.
 */
#ifndef LISTENAS_PROFILE_LOADER_DROPINS_H
#define LISTENAS_PROFILE_LOADER_DROPINS_H

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Bytes of a directory that are read at once. */
#define DROPINS_LISTED 4096

/* As large as it is so that the stack of a starting process need not hold it. */
struct dropins {
    int left;                 /* directories of the search that have not been looked at */
    int fd;                   /* of the one that is being read, or -1 */
    const char *fault;        /* why `path` is a directory of drop-ins that is not read; NULL: it is a drop-in */
    char directory[PATH_MAX]; /* its path */
    char file[NAME_MAX + 1];  /* the last name that was given */
    char path[PATH_MAX];      /* what dropins_next has found */
    _Alignas(8) char listed[DROPINS_LISTED];
};

/*
 * Begins with those of the profile `name`, a name without a slash. Takes no memory from the heap, as none of these
 * functions does.
 */
void dropins_begin(struct dropins *dropins);

/*
 * Writes to `path` the next drop-in of the profile `name`, or a whole directory which is not read: then `fault` says
 * why. False after the last: then no descriptor is open any more.
 */
bool dropins_next(struct dropins *dropins, const char *name);

/*
 * Whether only root or this process's user can have written what `status` says: it belongs to one of them, and not
 * everybody may write to it. In a user namespace that does not map root, its files belong to whom / belongs to. May
 * be called from a signal handler.
 */
bool dropin_is_trusted(const struct stat *status);

#endif
