/*
 * The ring file: a header, then a power of two of slots, a record in each. One file per server; its children share it.
 *
 *     offset  0           header_size
 *             | header    | slot 0 | slot 1 | ... | slot n-1 |
 *
 * The file is shared memory between processes of one word size or two: every field has a fixed width and the layout
 * is asserted below. A reader must refuse a file whose `version` it does not know; names of calls and keys are in the
 * file, so a reader need not be of the same build as the writer.
 */
#ifndef LISTENAS_RING_LAYOUT_H
#define LISTENAS_RING_LAYOUT_H

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define RING_MAGIC "LISTENAS"
#define RING_VERSION 2u
#define RING_BYTE_ORDER 0x01020304u

#define CALL_NAMES 32
#define CALL_NAME_SIZE 16
#define KEY_NAME_SIZE 40

/* A header is as many of these as its names need, and no more than HEADER_MOST. */
#define HEADER_PAGE 4096u
#define HEADER_MOST (1u << 20)

/* What a file must say of itself before anything else in it is believed. */
struct ring_kind {
    char magic[8];
    uint32_t version;
    uint32_t byte_order; /* RING_BYTE_ORDER as the writer stores it */
    uint32_t header_size, slot_size, slots;
};

struct ring_header {
    struct ring_kind kind;
    uint32_t pid;         /* of the process that made the file */
    uint64_t born_ns;     /* CLOCK_REALTIME */
    uint32_t calls, keys; /* names in use below */
    char profile[64];
    char diagnostic[256]; /* why the profile is not the one that was asked for; empty if all is well */
    char command[512];    /* the command line, its words parted by NUL bytes as in /proc/PID/cmdline */
    uint32_t command_size;
    uint32_t isolated; /* 1 if the program was started in a network of its own */
    uint32_t padding[30];
    _Alignas(64) _Atomic uint64_t head; /* the number of records ever begun; alone on its line, all writers meet here */
    uint8_t padding2[56];
    char call_names[CALL_NAMES][CALL_NAME_SIZE];
    char key_names[][KEY_NAME_SIZE]; /* as many as `header_size` has room for */
};

static_assert(offsetof(struct ring_header, head) == 1024, "the layout of version 2");
static_assert(offsetof(struct ring_header, call_names) == 1088, "the layout of version 2");
static_assert(offsetof(struct ring_header, key_names) == 1600, "the layout of version 2");

/* The most key names that a header can have. */
#define KEY_NAMES_MOST ((HEADER_MOST - offsetof(struct ring_header, key_names)) / KEY_NAME_SIZE)

/* The bytes of a header with so many key names, KEY_NAMES_MOST at most: whole pages. */
static inline uint32_t header_size_for(uint32_t keys)
{
    uint32_t used = (uint32_t)offsetof(struct ring_header, key_names) + keys * KEY_NAME_SIZE;
    return (used + HEADER_PAGE - 1) / HEADER_PAGE * HEADER_PAGE;
}

enum record_flag {
    RECORD_LIMITED = 1,    /* the kernel's own limit keeps the queue shorter than the platform's */
    RECORD_NOT_CALLED = 2, /* the kernel was not asked: a rule decided */
    RECORD_SKIPPED = 4,    /* accept passed over this connection */
    RECORD_OWN_CALLER = 8, /* `caller` is an offset into the program itself, not an address */
    RECORD_PATH_CUT = 16,  /* `address` holds the beginning of a longer one */
    RECORD_MISTAKE = 32,   /* start: the process is native because its profile had a mistake */
    RECORD_WATCHED = 64,   /* listen: a full queue is to refuse; setsockopt: the second queue of an accept filter is
                              to reset the one held longest; `refuser_error` says why not */
    RECORD_RESETS = 128,   /* beside RECORD_WATCHED: a full queue is not to refuse, but to connect and reset */
    RECORD_SHORTENED =
        256, /* listen: connections beyond the new backlog are to be reset; `shorten_error` says why not */
};

#define RECORD_ADDRESS 48

/* What one call asked and got. 120 bytes; a number that a call does not have is 0. */
struct record {
    uint64_t time_ns; /* CLOCK_REALTIME as clock.h reckons it, when the call returned */
    uint64_t caller;  /* return address of the call */
    uint32_t pid, tid;
    int32_t fd;
    int32_t result;
    int32_t asked;                      /* listen: the backlog; accept4: the flags; start: the parent's pid */
    int32_t effective;                  /* listen: the backlog as the platform takes it */
    int32_t capacity;                   /* listen: connections that the queue then holds, 0 if left to the kernel */
    int32_t given;                      /* listen: the backlog given to the kernel; accept: the flags; start: calls
                                           that came before the library was ready, and have no record */
    uint16_t call;                      /* index into call_names */
    uint16_t key[2];                    /* why: indexes into key_names, 0 for none */
    uint16_t kernel_error, given_error; /* errno of the kernel, errno of the program: 1 to 4095, 0 for none */
    uint16_t flags;                     /* enum record_flag */
    uint16_t address_length;            /* bytes of `address` in use */
    uint16_t refuser_error;             /* listen, setsockopt: errno of asking the refuser */
    uint8_t address[RECORD_ADDRESS];    /* a struct sockaddr; for "start" the program's name, NUL, its profile's */
    uint32_t reset;         /* listen: connections that were queued beyond the new backlog, and were reset */
    uint16_t shorten_error; /* listen: errno of asking the refuser for that */
    uint16_t padding2;
};

#define RECORD_WORDS (sizeof(struct record) / sizeof(uint64_t))

static_assert(sizeof(struct record) == 120 && RECORD_WORDS == 15, "the layout of version 2");

/*
 * A slot: the record as words, and a stamp that says which record it is and vouches for it. The stamp of record n is
 * made from n and every word of it, so a reader can tell a record that is whole from one that is being written, was
 * torn by a writer that slept through a whole round of the ring, or was damaged on disk.
 */
struct ring_slot {
    _Alignas(8) _Atomic uint64_t stamp; /* as wide as it is: gcc aligns it to 4 on i386 before its version 11 */
    _Alignas(8) _Atomic uint64_t words[RECORD_WORDS];
};

static_assert(sizeof(struct ring_slot) == 128, "two cache lines");
static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a lock in shared memory would outlive its owner");

#endif
