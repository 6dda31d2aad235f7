/*
 * The ring: every thread and process of a server writes to it, and everybody who may read the file can read it at
 * any time.
 */
#ifndef LISTENAS_RING_RING_H
#define LISTENAS_RING_RING_H

#include <stdbool.h>
#include <stddef.h>

#include "kind.h"
#include "layout.h"

/* A longer path is refused: a hook may run on a small signal stack. */
#define RING_PATH_MAX 512

/* A table of the mapped file. */
struct ring_part {
    char *first;
    uint32_t stride, entries;
};

struct ring {
    struct ring_header *header;
    struct ring_slot *slots;
    uint32_t mask;
    uint32_t lane_late;          /* a number is overtaken when its lane has given out so many more: append.h */
    size_t size;                 /* of the mapping, in bytes */
    uint32_t keys;               /* key names that the header has room for: its own count may be damaged */
    uint8_t slot_bits, run_bits; /* so many slots, and slots of each lane, as powers of two */
    uint8_t lanes;
    struct ring_part tables[RING_TABLES_KNOWN];
};

/* Makes a ring of a mapping of `size` bytes that ring_fault has approved. */
void ring_take_map(struct ring *ring, void *map, size_t size, const struct ring_kind *kind);

/* What the header of a new ring contains. */
struct ring_identity {
    uint32_t slots;
    const char *profile, *diagnostic;
    const char *command; /* as in /proc/PID/cmdline; NULL for this process's own */
    size_t command_size;
    bool isolated;
    bool cases;                    /* with a table of cases; a ring that is joined may have none all the same */
    bool untouched;                /* each page comes into memory with its first record, and not now with all others */
    const char *const *call_names; /* `calls` and `keys` of them, CALL_NAMES and KEY_NAMES_MOST at most */
    const char *const *key_names;
    uint32_t calls, keys;
};

/*
 * Makes the ring file, mode 0600, with all its space reserved, or joins an existing one: of several processes at
 * once, one makes it and all get the same. Keeps no descriptor. Returns 0 or an errno: EEXIST for a file that is not
 * a ring of this user and layout, ENOSPC for a full disk, EFBIG for a size beyond RLIMIT_FSIZE. May be called from a
 * signal handler; may change errno.
 */
int ring_open(struct ring *ring, const char *path, const struct ring_identity *identity);

/*
 * Joins the ring that `fd` has open for reading and writing, and that may be closed afterwards; its pages come into
 * memory as they are used. Returns what ring_open does.
 */
int ring_join(struct ring *ring, int fd);

/* Unmaps the ring; the file stays. May be called from a signal handler. */
void ring_close(struct ring *ring);

enum ring_answer {
    RING_RECORD,  /* the record was copied */
    RING_WAIT,    /* not written; it may be one day, as long as the number is not overtaken */
    RING_BUSY,    /* its writer is writing, or died while it wrote */
    RING_LOST,    /* overwritten: a newer record has its place, or is to have it */
    RING_DAMAGED, /* what is there is no record */
};

/* Copies the record of this number (lane.h). Never waits. */
enum ring_answer ring_read(const struct ring *ring, uint64_t number, struct record *record);

/* Calls of the same thread that followed the record and equal it in everything but time. */
struct repeats {
    uint64_t count;
    uint64_t last_ns; /* when the last of them was, to one part in eight million of the time since the first */
    uint64_t lost;    /* calls that its slot had lost before it */
};

/* The same, with the calls that the record stands for beside its own. */
enum ring_answer ring_read_repeats(const struct ring *ring, uint64_t number, struct record *record,
                                   struct repeats *repeats);

/*
 * Whether the slot of a number that is not written still has a whole record of an earlier one: no newer has taken its
 * place, though it was given out. Copies that number.
 */
bool ring_read_older(const struct ring *ring, uint64_t number, uint64_t *older);

/* How many recorded calls were overwritten. Looks at every slot. */
uint64_t ring_lost(const struct ring *ring);

/* The same of the slot of this number alone. */
uint64_t ring_slot_lost(const struct ring *ring, uint64_t number);

/*
 * The name of a call or key by its number in a record, cut at its place's end and maybe without a NUL: CALL_NAME_SIZE
 * or KEY_NAME_SIZE bytes. NULL for one that the file does not name.
 */
const char *ring_call_name(const struct ring *ring, uint32_t call);
const char *ring_key_name(const struct ring *ring, uint32_t key);

/* How many numbers have been given out, in all lanes; writers may keep some of them for a while. */
uint64_t ring_head(const struct ring *ring);

/* How many calls were recorded, those that have been overwritten among them. Looks at every slot. */
uint64_t ring_calls(const struct ring *ring);

/*
 * Opens a file for reading, whoever owns it. Returns NULL, or a description of what is wrong with it; then it is not
 * open. Checks every number in it against the file's size before use; cuts names at the end of their place.
 */
const char *ring_open_to_read(struct ring *ring, const char *path);

/* The same for a file that is open for reading, and stays open. */
const char *ring_open_fd_to_read(struct ring *ring, int fd);

/*
 * The two steps before a file is mapped, for those who copy it instead. ring_open_file opens what may be anybody's, and
 * neither blocks nor starts a device; ring_kind_of_fd reads how the file is laid out, and checks that it is a whole
 * ring. Both return NULL, or a description of what is wrong with the file.
 */
const char *ring_open_file(const char *path, int *fd);
const char *ring_kind_of_fd(struct ring_kind *kind, int fd);

/* Whether a file that is open for reading begins as every ring does, of whatever version. */
bool ring_has_magic(int fd);

#endif
