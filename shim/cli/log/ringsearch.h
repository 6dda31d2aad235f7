/*
 * Finds ring files in the directories where rings are made, and where LISTENAS_RING says.
 */
#ifndef LISTENAS_CLI_LOG_RINGSEARCH_H
#define LISTENAS_CLI_LOG_RINGSEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

enum ring_file {
    RING_FILE,  /* has the name of a ring */
    RING_DRAFT, /* has the name that a ring has while it is made */
};

/* A ring file. Everything is done by descriptor, since its path may lead elsewhere by then. */
struct ring_found {
    const char *path; /* to be shown */
    enum ring_file kind;
    int fd;             /* the file, open for reading; -1 for one of another user's that may not be read */
    bool is_own;        /* this user's */
    struct stat status; /* of it */
    int directory;      /* where it was found, as `name` */
    const char *name;
};

typedef void (*ring_visit)(const struct ring_found *found, void *context);

/*
 * Gives `visit` every regular file that has such a name: the one that LISTENAS_RING names, and those in its directory
 * if it names one, in the runtime directory, and in /dev/shm, where servers without one write. A directory of two names
 * is searched once. Files of other users are left out unless `others`.
 */
void rings_visit(bool others, ring_visit visit, void *context);

/*
 * Gives `visit` that one file, whatever its name, if it is a regular file of this user. Returns 0 or an errno: EPERM
 * for another user's, EINVAL for what is no regular file.
 */
int ring_visit_path(const char *path, ring_visit visit, void *context);

/* Whether the name still stands for the file that was found. */
bool ring_is_still_there(const struct ring_found *found);

/*
 * The program, the process and the time (in nanoseconds since 1970) that the name of a ring was made of, as
 * "listenas-PROGRAM-PID-BORN.ring" has them (place.h); false for any other name. `length` gets the program's.
 */
bool ring_name_read(const char *name, size_t *length, uint32_t *pid, uint64_t *born_ns);

/*
 * Writes the path of a ring to `path`; false if there is none. If `pid` is not 0, the one that the process writes to,
 * wherever that is, or if it has ended, the last that it wrote to; else the one that LISTENAS_RING names, or the one
 * that was written to last.
 */
bool rings_newest(uint32_t pid, char *path, size_t size);

#endif
