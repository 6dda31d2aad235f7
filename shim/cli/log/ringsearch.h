/*
 * Finds the ring files of this user in the directories where rings are made.
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
    int fd;             /* the file, open for reading */
    struct stat status; /* of it */
    int directory;      /* where it was found, as `name` */
    const char *name;
};

typedef void (*ring_visit)(const struct ring_found *found, void *context);

/*
 * Gives `visit` every regular file of this user that has such a name and can be read: in LISTENAS_RING's directory if
 * it names one, in the runtime directory, and in /dev/shm, where servers without one write. A directory of two names is
 * searched once.
 */
void rings_visit(ring_visit visit, void *context);

/*
 * Writes the path of the ring that was written to last to `path`; false if there is none. If `pid` is not 0, only
 * what that process wrote counts.
 */
bool rings_newest(uint32_t pid, char *path, size_t size);

#endif
