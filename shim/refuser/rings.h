/*
 * The rings of the programs that ask, so that each finds in its own whom its queue turned away. The refuser keeps no
 * descriptor of a ring and no mapping: only what it takes to find the file again as its program does.
 */
#ifndef LISTENAS_REFUSER_RINGS_H
#define LISTENAS_REFUSER_RINGS_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "listeners.h"
#include "protocol.h"

#define RINGS_MAX 256
/* For each user except root and the refuser's own. */
#define RINGS_OF_USER 32

struct told_ring {
    bool used;
    uid_t user;
    gid_t group;
    int root;          /* the root directory of the process that asked, as O_PATH has it */
    dev_t root_device; /* of it */
    ino_t root_inode;
    pid_t scribe; /* the process that writes there now, or did last; 0 for none */
    char path[REFUSER_RING_MOST + 1];
};

/* The worker shares this memory and its descriptors with its supervisor. */
struct told_rings {
    struct told_ring of[RINGS_MAX];
};

/*
 * The place of that ring, new or known: 0 and its index in `*place`, or an errno: ENOBUFS if the user has too many,
 * EPERM if the refuser may not look at the process's root directory (CAP_SYS_PTRACE). Places that no listener of
 * `listeners` has are taken again. Waits for nobody: to open a root directory as O_PATH asks no file system.
 */
int rings_take(struct told_rings *all, const struct listeners *listeners, const char *path, pid_t process, uid_t user,
               gid_t group, int *place);

#endif
