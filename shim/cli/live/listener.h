/*
 * What one listener is and has come to: what its ring says of it, and where it can be known, what the kernel says of
 * its queue. These functions are pure: they read memory that is given, and no clock.
 */
#ifndef LISTENAS_CLI_LIVE_LISTENER_H
#define LISTENAS_CLI_LIVE_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../ring/keep.h"
#include "queues.h"

#define LISTENER_ADDRESS 192
#define LISTENER_NAME 64

/* What only grows, so that the difference of two readings is a rate. */
struct counts {
    uint64_t accepted, failed, dropped, turned_away;
};

/* Per second. */
struct rates {
    double accepted, failed;
    double over; /* clients that met a full queue, as listener_over counts them */
};

enum depth_source {
    DEPTH_UNKNOWN, /* neither the kernel nor the ring tells */
    DEPTH_SAMPLE,  /* the server's library looked, at `at_ns`: record.queue_samples */
    DEPTH_KERNEL,  /* the kernel was asked */
};

struct depth {
    enum depth_source source;
    uint32_t waiting, capacity; /* `capacity` 0: not known */
    uint64_t at_ns;             /* CLOCK_REALTIME */
    uint64_t highest;           /* the most that were seen to wait, by the library or by this reader */
    uint64_t samples;           /* how often the library has looked */
    uint64_t full_times;        /* how often it was seen to become full, by the library */
    uint64_t full_since_ns;     /* 0: is not full, as far as is known */
    uint32_t waited_ms;         /* in the queue: the connection that the library looked at last */
    uint32_t waited_most_ms;    /* and the longest of all; both 0: not known, or less than a millisecond */
};

/* What becomes of a client that meets a full queue. */
enum overflow {
    OVERFLOW_DROPS,   /* the kernel drops its SYN: it waits, and tries again */
    OVERFLOW_REFUSES, /* a refuser answers with ECONNREFUSED */
    OVERFLOW_RESETS,  /* or resets it */
};

struct listener_error {
    unsigned int error; /* 0: several, that are counted together */
    uint64_t count;
};

/* The last failure that was seen, or clients that met a full queue. */
struct last_failure {
    uint64_t at_ns;       /* 0: none was seen */
    uint64_t turned_away; /* not 0: so many clients met a full queue */
    char text[96];        /* else such as "accept = ECONNABORTED" */
};

struct listener {
    uint32_t place;    /* its number in the ring's table */
    uint64_t since_ns; /* CLOCK_REALTIME; with `place` it tells one listener from the next that has its place */
    bool seen, listens;
    bool closed;        /* the kernel says that the socket does not listen any more */
    uint32_t pid;       /* who listened last */
    int fd;             /* there */
    uint64_t cookie;    /* SO_COOKIE, 0 where the library did not ask for it */
    struct record made; /* its last listen */
    char address[LISTENER_ADDRESS], program[LISTENER_NAME], profile[LISTENER_NAME];
    struct counts counts, before;
    uint64_t read_ns, before_ns; /* CLOCK_MONOTONIC of `counts` and of `before`; 0: none */
    uint64_t last_call_ns;
    struct listener_error errors[LISTENER_ERRORS];
    enum overflow overflow;
    bool tells; /* the refuser counts in the ring whom it turns away; else only the kernel's drops are known */
    uint16_t refuser_error; /* why no refuser answers for it, though one should; an errno */
    struct depth depth;
    uint64_t seen_full_ns; /* since when this reader has seen it full; 0: it was not */
    struct last_failure last;
};

/*
 * Reads a place of the ring's table. Keeps of `listener` what belongs to the same listener, so that rates can be told;
 * `now_ns` is CLOCK_MONOTONIC. Returns false, with `listener` unchanged, for a place that has no listener.
 */
bool listener_read(struct listener *listener, const struct ring *ring, uint32_t place, uint64_t now_ns);

/* Adds what the kernel says of its queue at `now_ns`, CLOCK_REALTIME. */
void listener_take_queue(struct listener *listener, const struct queue *queue, uint64_t now_ns);

/* The record of how a process of this ring started. False if the ring has none. */
bool ring_find_start(const struct ring *ring, uint32_t pid, struct record *start);

/* Since the reading before; false, and zeros, where there was none. */
bool listener_rates(const struct listener *listener, struct rates *rates);

/* Its average since it began to listen, at `now_ns` (CLOCK_REALTIME). */
struct rates listener_average(const struct listener *listener, uint64_t now_ns);

/* Connections that it gave and failures: the calls of accept and accept4. */
static inline uint64_t listener_calls(const struct listener *listener)
{
    return listener->counts.accepted + listener->counts.failed;
}

/* Clients that met a full queue: turned away by the refuser, where it tells; else what the kernel dropped. */
static inline uint64_t listener_over(const struct listener *listener, const struct counts *counts)
{
    return listener->tells ? counts->turned_away : counts->dropped;
}

/* "refused", "reset" or "dropped": what became of clients that met a full queue. */
const char *overflow_word(enum overflow overflow);

#endif
