/*
 * The ring file, version 4. One file per server; its children share it.
 *
 *     offset  0        kind.tables[i].offset                          kind.slots_offset
 *             | header | modules | sites | processes | listeners | histories | (cases) | settings | slot 0 | ... |
 *
 * The file is shared memory between processes of one word size or two: every field has a fixed width, little or big
 * endian as `byte_order` shows. format.def describes each, and is asserted. Names of calls and keys are in the file, so
 * a reader need not be of the same build as the writer.
 *
 * How it grows: a new table, a longer entry of a table and a new field in place of padding set a bit in `compatible`,
 * which a reader ignores; anything that makes an old reader say something false sets one in `incompatible`, and a
 * reader refuses a file with a bit there that it does not know. A writer joins only a file that it would have made
 * itself.
 */
#ifndef LISTENAS_RING_LAYOUT_H
#define LISTENAS_RING_LAYOUT_H

#include <assert.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define RING_MAGIC "LISTENAS"
#define RING_VERSION 4u
#define RING_BYTE_ORDER 0x01020304u
/* The bits of `incompatible` that this reader knows. */
#define RING_INCOMPATIBLE_KNOWN 0u
/* The bits of `compatible`: listeners count the clients that were turned away, and how long connections waited. */
#define RING_COMPATIBLE_TURNED_AWAY 1u
/* The file has a table of histories. */
#define RING_COMPATIBLE_HISTORIES 2u
/* There is a table of cases. */
#define RING_COMPATIBLE_CASES 4u
/* The file has a table of settings, and start records name entries of it. */
#define RING_COMPATIBLE_SETTINGS 8u

#define CALL_NAMES 32
#define CALL_NAME_SIZE 16
#define KEY_NAME_SIZE 40

/* A header is as many of these as its names need, and no more than HEADER_MOST. */
#define HEADER_PAGE 4096u
#define HEADER_MOST (1u << 20)

/* --- the header --- */

/* `entries` of `entry_size` bytes each, beginning `offset` bytes into the file; a multiple of 64, as `entry_size` is of
 * 8. */
struct ring_table {
    uint32_t offset, entry_size, entries;
};

enum ring_table_number {
    TABLE_MODULES,
    TABLE_SITES,
    TABLE_PROCESSES,
    TABLE_LISTENERS,
    TABLE_HISTORIES, /* of the first of the listeners; a small file has none */
    TABLE_CASES,     /* only of a ring with RING_COMPATIBLE_CASES */
    TABLE_SETTINGS,  /* what processes were started with */
    RING_TABLES_KNOWN,
    RING_TABLES = 8
};

/* What a file must say of itself before anything else in it is believed. */
struct ring_kind {
    char magic[8];
    uint32_t version;
    uint32_t byte_order; /* RING_BYTE_ORDER as the writer stores it */
    uint32_t incompatible, compatible;
    uint32_t header_size, slot_size, slots, slots_offset;
    struct ring_table tables[RING_TABLES]; /* all zero for one that the file does not have */
    uint32_t lanes;                        /* a power of two, RING_LANES_MOST at most */
    uint32_t sum;                          /* of all before it: ring_kind_sum (kind.h) */
};

/*
 * Slots are given out in lanes, so that writers on several processors need not meet at one counter: the first slots are
 * lane 0's, as many are lane 1's, and so on. lane.h has the arithmetic.
 */
#define RING_LANES_MOST 8

struct ring_lane {
    _Alignas(64) _Atomic uint64_t head; /* how many of its slots were ever given out; alone on its line */
    uint8_t padding[56];
};

struct ring_header {
    struct ring_kind kind;
    uint32_t pid;         /* of the process that made the file */
    uint32_t calls, keys; /* names in use below */
    uint32_t isolated;    /* 1 if the program was started in a network of its own */
    uint64_t born_ns;     /* CLOCK_REALTIME */
    char profile[64];
    char diagnostic[256]; /* why the profile is not the one that was asked for; empty if all is well */
    char command[512];    /* the command line, each word ended by a NUL byte as in /proc/PID/cmdline */
    uint32_t command_size;
    uint8_t padding[20];
    struct ring_lane lanes[RING_LANES_MOST]; /* `kind.lanes` of them in use */
    _Atomic uint64_t processes;              /* ever entered into their table */
    _Atomic uint64_t listeners_gone;         /* dead ones whose places others took */
    _Atomic uint64_t listeners_missed;       /* for which there was no place */
    uint8_t padding2[40];
    char call_names[CALL_NAMES][CALL_NAME_SIZE];
    char key_names[][KEY_NAME_SIZE]; /* as many as `header_size` has room for */
};

static_assert(offsetof(struct ring_kind, tables) == 40 && sizeof(struct ring_kind) == 144, "the layout of version 4");
static_assert(offsetof(struct ring_header, born_ns) == 160, "the layout of version 4");
static_assert(offsetof(struct ring_header, lanes) == 1024, "the layout of version 4");
static_assert(offsetof(struct ring_header, call_names) == 1600, "the layout of version 4");
static_assert(offsetof(struct ring_header, key_names) == 2112, "the layout of version 4");

/* The most key names that a header can have. */
#define KEY_NAMES_MOST ((HEADER_MOST - offsetof(struct ring_header, key_names)) / KEY_NAME_SIZE)

/* --- modules and sites: sites.h has the protocol --- */

#define MODULE_BUILD_ID 32
#define MODULE_PATH 192

/*
 * A file that code was loaded from. An offset into it is an address minus the load base: the address as the file's own
 * program headers, symbols and line tables have it, whatever kind of ELF file it is.
 */
struct ring_module {
    _Atomic uint64_t identity; /* 0: free. Made from path and build-id, see module_identity */
    _Atomic uint64_t ready;    /* 1 when the rest is written */
    uint64_t seen_ns;          /* CLOCK_REALTIME of its first site */
    uint32_t path_length;      /* of the whole path, though `path` holds no more than its end */
    uint32_t build_id_size;    /* 0 if it has none */
    uint8_t build_id[MODULE_BUILD_ID];
    char path[MODULE_PATH]; /* the end of it, not ended by a NUL */
};

static_assert(sizeof(struct ring_module) == 256, "the layout of version 4");

#define SITE_FRAMES 8

/* A place in the code: bits 63-48 the module's index plus 1, or 0 where it is not known; bits 47-0 the offset into it,
 * or the address where it is not known. */
#define PLACE_OFFSET_BITS 48
#define PLACE_OFFSET ((UINT64_C(1) << PLACE_OFFSET_BITS) - 1)

/* Where a program calls from. */
struct ring_site {
    _Atomic uint64_t identity; /* 0: free. Made from frames[0], the call and, without a module, the process */
    _Atomic uint64_t ready;    /* how many frames are written; 0 while none is */
    _Atomic uint64_t seen_ns;  /* CLOCK_REALTIME of the first call; 0 if its writer died */
    _Atomic uint64_t caller;   /* bits 31-0 the process that made the first call, 47-32 the call's index */
    _Atomic uint64_t frames[SITE_FRAMES]; /* return addresses as places, the innermost first, at the first call */
};

static_assert(sizeof(struct ring_site) == 96, "the layout of version 4");

/* --- cases: what a rule needs to know of a call. cases.h has the protocol --- */

/* What was true before the call, unless it says otherwise. */
enum case_fact {
    CASE_KNOWN = 1 << 0, /* the kernel told type and family of the socket */
    CASE_LISTENING = 1 << 1,
    CASE_BOUND = 1 << 2,
    CASE_CONNECTED = 1 << 3,
    CASE_CONNECTING = 1 << 4,
    CASE_CONNECT_FAILED = 1 << 5,
    CASE_WAS_LISTENING = 1 << 6,
    CASE_SHUT_DOWN = 1 << 7,
    CASE_QUEUED = 1 << 8, /* a connection waits; of accept: after it failed */
    CASE_PEER_CLOSED = 1 << 9,
    CASE_NULL_ADDRESS = 1 << 10,
    CASE_READABLE = 1 << 11,      /* the address that the program passed; `address` holds the beginning of it */
    CASE_CLOSE_ON_EXEC = 1 << 12, /* the listener has FD_CLOEXEC */
    CASE_WANTS_ADDRESS = 1 << 13, /* accept and the names: the program passed an address that is not NULL */
    CASE_NULL_LENGTH = 1 << 14,   /* of that address */
    CASE_BAD_LENGTH = 1 << 15,    /* it cannot be read */
    CASE_BAD_ADDRESS = 1 << 16,   /* it cannot be written */
    CASE_HAS_OWNER = 1 << 17,     /* F_SETOWN of the listener */
    CASE_END_RESET = 1 << 18,     /* the accepted connection was reset in the queue */
    CASE_END_CLOSED = 1 << 19,    /* its AF_UNIX client has closed it */
    CASE_OTHER_FILE = 1 << 20,    /* the AF_UNIX path leads to a file that is no socket */
    CASE_DANGLING = 1 << 21,      /* it is a symbolic link to nothing */
    CASE_DUAL_STACK = 1 << 22,    /* bind: the socket is of AF_INET6, without IPV6_V6ONLY */
    CASE_REUSE_ADDRESS = 1 << 23, /* bind: it has SO_REUSEADDR */
    CASE_REUSE_PORT = 1 << 24,    /* bind: it has SO_REUSEPORT */
    CASE_PORT_SAME = 1 << 25,     /* bind: who has the port, as struct port_use tells it */
    CASE_PORT_OVERLAPS = 1 << 26,
    CASE_PORT_DUAL_STACK = 1 << 27,
    CASE_PORT_IPV4 = 1 << 28,
    CASE_PORT_CROSSES = 1 << 29,
    CASE_PORT_CONNECTIONS = 1 << 30,
};

/* Of an AF_UNIX path the beginning. */
#define CASE_ADDRESS 40

/* One call, its arguments and facts; all calls that are equal in these are one case. */
struct ring_case {
    uint64_t identity;       /* 0: free. Made from what follows `fd`, with addresses and ports of one kind as one */
    uint64_t ready;          /* 1 when the rest is written */
    uint64_t seen;           /* calls that were found to be this case: of a busy site only some are looked at */
    uint64_t seen_ns;        /* CLOCK_REALTIME of the first */
    uint32_t pid;            /* of the first, and */
    int32_t fd;              /* its socket */
    uint16_t call;           /* index into call_names */
    uint16_t site;           /* index plus 1 into the sites; 0 for none */
    uint16_t error;          /* the kernel's errno; 0: the call succeeded */
    uint16_t address_length; /* bytes of `address` in use */
    uint64_t facts;          /* enum case_fact */
    uint16_t domain, type;   /* SO_DOMAIN, SO_TYPE */
    int32_t kernel_max;      /* listen: net.core.somaxconn */
    int32_t arguments[4];    /* as passed: listen: the backlog; accept4: the flags; shutdown: the direction; socket:
                                domain, type, protocol; get- and setsockopt: level, name,
                                whether the value is not 0; setsockopt: its length; getsockopt of a buffer's size:
                                whether it was set; bind: the protocol */
    int32_t length;          /* as passed: of the address; of accept and the names: the room for it */
    int32_t text;            /* bytes of an AF_UNIX path before its first NUL */
    int32_t returned;        /* of accept and the names: the length that came back */
    int32_t flags;           /* accept: the listener's O_* flags */
    uint32_t options;        /* accept: options of the listener that are set, a bit for each enum option_group */
    uint32_t padding;
    uint8_t address[CASE_ADDRESS]; /* a struct sockaddr */
};

static_assert(sizeof(struct ring_case) == 144 && offsetof(struct ring_case, facts) == 48, "the layout of version 4");

/* The same as it lies in the file: two may write one case at once, and both write nearly the same. */
struct ring_case_entry {
    _Atomic uint64_t identity, ready, seen;
    _Atomic uint64_t words[(sizeof(struct ring_case) - 3 * sizeof(uint64_t)) / sizeof(uint64_t)];
};

static_assert(sizeof(struct ring_case_entry) == sizeof(struct ring_case), "one is the other");

/* --- records --- */

enum record_flag {
    RECORD_LIMITED = 1,    /* the kernel's own limit keeps the queue shorter than the platform's */
    RECORD_NOT_CALLED = 2, /* the kernel was not asked: a rule decided */
    RECORD_SKIPPED = 4,    /* accept skipped this connection */
    RECORD_PATH_CUT = 16,  /* `address` holds the beginning of a longer one */
    RECORD_MISTAKE = 32,   /* start: the process is native because its profile had a mistake */
    RECORD_WATCHED = 64,   /* listen: a full queue is to refuse; setsockopt: the second queue of an accept filter is
                              to reset the one held longest; `refuser_error` says why not */
    RECORD_RESETS = 128,   /* beside RECORD_WATCHED: a full queue is not to refuse, but to connect and reset */
    RECORD_FULL = 512,     /* queue: it was full, and not just seen to drop connections */
    RECORD_SHORTENED =
        256, /* listen: connections beyond the new backlog are to be reset; `shorten_error` says why not */
    RECORD_PROVOKED = 1024, /* the call failed because LISTENAS_PROVOKE says so */
    RECORD_TELLS = 2048,    /* listen: the refuser writes into this ring whom it turns away; queue: it wrote this */
};

/* For one of AF_UNIX, the first 38 bytes of its path. */
#define RECORD_ADDRESS 40

/* What one call asked and got. A number that a call does not have is 0. */
struct record {
    uint64_t time_ns; /* CLOCK_REALTIME as clock.h reckons it, when the call returned */
    uint32_t pid, tid;
    int32_t fd;
    int32_t result;                     /* queue: for how many milliseconds up to time_ns */
    int32_t asked;                      /* listen: the backlog; accept4: the flags; start: the parent's pid;
                                           queue: the most connections that waited */
    int32_t effective;                  /* listen: the backlog as the platform takes it; queue: how many milliseconds
                                           before time_ns it ended; start: the number of its settings (settings.h) */
    int32_t capacity;                   /* listen: connections that the queue then holds, 0 if left to the kernel */
    int32_t given;                      /* listen: the backlog given to the kernel; accept: the flags; start: calls
                                           that came before the library was ready, and have no record */
    uint16_t call;                      /* index into call_names */
    uint16_t key[2];                    /* why: indexes into key_names, 0 for none */
    uint16_t kernel_error, given_error; /* errno of the kernel, errno of the program: 1 to 4095, 0 for none */
    uint16_t flags;                     /* enum record_flag */
    uint16_t address_length;            /* bytes of `address` in use */
    uint16_t refuser_error;             /* listen, setsockopt: errno of asking the refuser; connect: errno of the filter
                                           that was to keep a refusal from it (connect.not_listening) */
    uint8_t address[RECORD_ADDRESS];    /* a struct sockaddr; for "start" the program's name, NUL, its profile's */
    uint32_t reset;         /* listen: connections that were queued beyond the new backlog, and were reset; queue:
                               clients that the refuser refused, or reset if RECORD_RESETS */
    uint16_t shorten_error; /* listen: errno of asking the refuser for that */
    uint16_t site;          /* index plus 1 into the sites; 0 for none, or if there was no place left */
};

#define RECORD_WORDS (sizeof(struct record) / sizeof(uint64_t))

static_assert(sizeof(struct record) == 104 && RECORD_WORDS == 13, "the layout of version 4");

/*
 * A slot: the record as words, and a stamp that says which record it is and vouches for it. The stamp of record n is
 * made from n and every word of it, so a reader can tell a record that is whole from one that is being written, was
 * torn by a writer that slept through a whole round of the ring, or was damaged on disk. append.h has the protocol.
 */
struct ring_slot {
    /* SLOT_EMPTY, one with SLOT_BUSY or one with SLOT_WHOLE; as wide as it is: gcc aligns it to 4 on i386 before its
     * version 11 */
    _Alignas(8) _Atomic uint64_t stamp;
    _Alignas(8) _Atomic uint64_t words[RECORD_WORDS];
    /*
     * Calls of the same thread that followed and were equal in everything but time: bits 63-56 the round of the ring
     * that the record belongs to, 55-28 how many, 27-0 the time from the first to the last, as repeats.h packs it.
     */
    _Atomic uint64_t repeats;
    _Atomic uint64_t lost; /* calls whose records have been overwritten in this slot since the file was made */
};

#define SLOT_EMPTY 0u
/* stamp.h makes both. Bits 62-0 of a whole record's stamp are its sum. Of one that is being written: bits 61-48 its
 * round of the ring, 47-0 the slot's `lost` from now on. */
#define SLOT_WHOLE (UINT64_C(1) << 63)
#define SLOT_BUSY (UINT64_C(1) << 62)

static_assert(sizeof(struct ring_slot) == 128 && offsetof(struct ring_slot, repeats) == 112, "two cache lines");
static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "a lock in shared memory would outlive its owner");

/* --- what is kept while events go by: processes and listeners. keep.h has the protocol --- */

/* A record that is not overwritten by those of other calls. */
struct ring_kept {
    _Atomic uint64_t number; /* plus 1; 0: none */
    _Atomic uint64_t stamp;
    _Atomic uint64_t words[RECORD_WORDS];
    uint64_t padding;
};

struct ring_process {
    _Atomic uint64_t pid; /* 0: free */
    uint64_t padding[7];
    struct ring_kept start;
};

enum listener_state { LISTENER_FREE, LISTENER_CLAIMED, LISTENER_BOUND, LISTENER_LISTENS, LISTENER_DEAD };

/* What a listener was made by: its last successful calls of each kind. */
enum listener_made_by { MADE_BY_BIND, MADE_BY_OPTION, MADE_BY_LISTEN, LISTENER_MADE_BY };

#define LISTENER_ERRORS 4

struct ring_listener {
    /* What accept reads and adds to, in one cache line. */
    _Atomic uint64_t life;       /* other than any that the place had before while its listener lives; 0 otherwise */
    _Atomic uint64_t accepted;   /* connections that accept and accept4 gave; calls are these and the failed */
    _Atomic uint64_t last_ns;    /* when one of them was called, the last time */
    _Atomic uint64_t sampled_ns; /* when the queue was looked at, the last time */
    _Atomic uint64_t full_from;  /* when it was first seen full without having been seen otherwise since; 0: is not */
    _Atomic uint64_t failed;
    uint64_t padding[2];

    _Atomic uint64_t state;  /* enum listener_state */
    _Atomic uint64_t owner;  /* who listened last: bits 63-32 the process, 31-0 the descriptor there */
    _Atomic uint64_t cookie; /* SO_COOKIE of the socket; 0 while it is only bound */
    _Atomic uint64_t since_ns;
    _Atomic uint64_t errors[LISTENER_ERRORS]; /* bits 63-48 an errno, 47-0 how often; the last is of all others */

    _Atomic uint64_t samples; /* how often the queue was looked at */
    _Atomic uint64_t length;  /* then: bits 63-32 the kernel's backlog, 31-0 connections that waited */
    _Atomic uint64_t highest; /* the most that were seen to wait */
    _Atomic uint64_t full_times;
    _Atomic uint64_t drops;       /* the kernel's count of connections that it dropped for this socket, SO_MEMINFO */
    _Atomic uint64_t drops_told;  /* of those, up to the last record that told them */
    _Atomic uint64_t turned_away; /* clients that the refuser refused or reset; 0 in a ring without the bit for it */
    _Atomic uint64_t
        waits; /* milliseconds in the queue: bits 63-32 the longest seen, 31-0 the last; 0 without the bit */

    struct ring_kept made_by[LISTENER_MADE_BY];
};

/* --- what looks at queues found over time: history.h has the protocol --- */

#define HISTORY_LEVELS 9
#define HISTORY_SPANS 64

struct ring_span {
    _Atomic uint64_t depth; /* bits 63-24 the span's number plus 1, 0: empty; 23-0 the most connections that waited */
    _Atomic uint64_t sum;   /* at its last look: bits 63-40 how many the queue holds, 39-0 how many were accepted */
};

/* Of the listener at the same place of its table. */
struct ring_history {
    struct ring_span spans[HISTORY_LEVELS][HISTORY_SPANS];
};

/* --- what processes were started with. settings.h has the protocol --- */

#define SETTINGS_TEXT 1000

struct ring_settings {
    _Atomic uint64_t identity; /* 0: free. Made from the text */
    _Atomic uint32_t ready;    /* 1 when the rest is written */
    uint32_t length;           /* of the whole text, though `text` holds no more of it than fits */
    uint32_t kept;             /* bytes of `text` in use */
    uint32_t padding;
    char text[SETTINGS_TEXT]; /* "section.key=value,section.key=value", not ended by a NUL */
};

static_assert(sizeof(struct ring_settings) == 1024, "the layout of version 4");
static_assert(sizeof(struct ring_history) == 9216, "the layout of version 4");
static_assert(sizeof(struct ring_kept) == 128, "the layout of version 4");
static_assert(sizeof(struct ring_process) == 192, "the layout of version 4");
static_assert(sizeof(struct ring_listener) == 576, "the layout of version 4");
static_assert(offsetof(struct ring_listener, state) == 64, "what accept counts is in one cache line");

#endif
