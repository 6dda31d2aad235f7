/*
 * The one way to go through a ring: what it has, in order of time, with what is missing told.
 *
 *     struct cursor cursor;
 *     struct told told;
 *     if (cursor_open(&cursor, &ring, CURSOR_ONCE) != 0) ...
 *     while (cursor_next(&cursor, &told) != CURSOR_END) ...
 *     cursor_close(&cursor);
 *
 * Numbers of records tell one record from another and no more: they need be neither consecutive nor in order of time.
 * A cursor reads the ring without a write to it, whatever the file holds. It allocates by mmap, and neither by malloc
 * nor in cursor_next. It belongs to one thread at a time.
 */
#ifndef LISTENAS_RING_CURSOR_H
#define LISTENAS_RING_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ring.h"

enum cursor_mode {
    CURSOR_ONCE,   /* what the ring has when the cursor is opened */
    CURSOR_FOLLOW, /* goes on with each look; a record that is not complete holds up later ones, CURSOR_PATIENCE_NS at
                      most */
    CURSOR_POLL,   /* goes on, and holds up nothing: a record that is complete late is told late */
};

/* For so long a writer is taken to be about to complete its record; then it is taken for dead. */
#define CURSOR_PATIENCE_NS UINT64_C(1000000000)
/* A record whose repetitions go on is told again as often as this; one whose repetitions end, so long after that. */
#define CURSOR_AGAIN_NS UINT64_C(1000000000)
#define CURSOR_QUIET_NS UINT64_C(40000000)

enum cursor_answer {
    CURSOR_END,      /* nothing more, or nothing yet: see cursor_look */
    CURSOR_RECORD,   /* `number`, `record` and `repeats` */
    CURSOR_REPEATED, /* the same, of a record that was told before: it stands for more calls now */
    CURSOR_GAP,      /* `gap` and `missing` */
};

/* What the reader found in place of a record. */
enum gap {
    GAP_OVERWRITTEN, /* newer records took their place */
    GAP_UNFINISHED,  /* their writer died, or is still writing */
    GAP_DAMAGED,     /* their place holds something else */
};

/* How many calls are missing, and between which times, in nanoseconds since 1970; 0 where that is not known. */
struct missing {
    uint64_t count, from_ns, to_ns;
};

struct told {
    uint64_t number;
    struct record record;
    struct repeats repeats;
    bool is_kept; /* overwritten among the events, but kept for a process or a listener (keep.h); has no repeats */
    enum gap gap;
    struct missing missing;
};

/* A record that was told and may still count repetitions: the last one of each thread. */
#define CURSOR_WATCHED 64

struct cursor_watched {
    uint64_t number;           /* plus 1; 0 for none */
    uint64_t told, seen;       /* repetitions that were told, and that were there at the last look */
    uint64_t told_ns, seen_ns; /* CLOCK_MONOTONIC of telling them, and of the last look that found more */
};

/* Where one record is, or one that is missing would be. */
struct cursor_entry {
    uint64_t epoch; /* so often had the clock been set back before, plus 1; 0 for what is kept */
    uint64_t time_ns, number;
    uint64_t what; /* cursor_look.h */
};

struct cursor_pending {
    struct cursor_entry entry; /* its time is that of the record before it */
    uint64_t busy_ns;          /* CLOCK_MONOTONIC of the first look that found its writer at work; 0 while none did */
};

/* An epoch, and the latest time in it. */
struct cursor_clock {
    uint64_t epoch, latest_ns;
};

struct cursor_lane {
    uint64_t next;             /* all before this one have been looked at */
    struct cursor_clock claim; /* at the beginnings of claims, whose order in a lane is that of time */
    struct cursor_clock run;   /* within what one thread wrote in a row */
    uint32_t tid;              /* that thread */
    uint64_t first_ns;         /* of the first record that the last look found */
};

/* All of it private to cursor.c and cursor_look.c. */
struct cursor {
    const struct ring *ring;
    enum cursor_mode mode;
    struct cursor_lane lanes[RING_LANES_MOST];
    struct cursor_entry *entries; /* found and not told: from `at` to `count`; in order up to `ready` */
    size_t at, ready, count, entries_most;
    bool is_held; /* until no writer is at work on what is pending */
    struct cursor_pending *pending;
    size_t pending_count, pending_most;
    uint64_t *accounted; /* for each slot: calls that were told, told as missing, or are among the entries */
    uint64_t missing[GAP_DAMAGED + 1];
    uint64_t lost_until_ns; /* those that are overwritten were before: each lane has lost what came before its first */
    uint64_t last_ns;       /* of the record told last; when the ring was made, before the first */
    uint64_t now_ns;        /* CLOCK_MONOTONIC of the last look */
    struct cursor_watched watched[CURSOR_WATCHED];
    unsigned int watched_next, watched_at;
    void *memory;
    size_t size;
};

/* Begins with the oldest record of the ring, and looks for the first time. Returns 0 or ENOMEM. */
int cursor_open(struct cursor *cursor, const struct ring *ring, enum cursor_mode mode);

void cursor_close(struct cursor *cursor);

/*
 * The next thing to tell; CURSOR_END when all has been told that was there at the last look. Missing records are told
 * where they would be, as one gap if several of a kind follow each other. What is kept of overwritten ones comes first.
 */
enum cursor_answer cursor_next(struct cursor *cursor, struct told *told);

/*
 * Looks what has come since the last look; does nothing before all of that has been told. No use for CURSOR_ONCE. Takes
 * time for the records that came, and for the numbers that threads have claimed and not used.
 */
void cursor_look(struct cursor *cursor);

/*
 * Whether records are held up by one that a writer was at work on at the last look. A number that was claimed and has
 * no record is no reason to wait: its thread may never use it.
 */
static inline bool cursor_waits(const struct cursor *cursor)
{
    return cursor->is_held;
}

/*
 * The time of the newest record of process `pid`, of any process if that is 0, in nanoseconds since 1970; 0 if there
 * is none.
 */
uint64_t cursor_newest(const struct ring *ring, uint32_t pid);

#endif
