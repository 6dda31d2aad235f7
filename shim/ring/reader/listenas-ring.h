/*
 * Reads a ring of listenas: the calls that a server made, where in its program, and what its listeners have come to.
 *
 * Link with -llistenas-ring, a static library that needs libc alone. The file can be read while it is written, and by
 * whoever may read it; whatever it holds, these functions read only inside it. A ring belongs to one thread at a time.
 */
#ifndef LISTENAS_RING_H
#define LISTENAS_RING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct listenas_ring;

/*
 * Opens the file. Returns NULL if it cannot be read, is no ring, or there is no memory, and the reason in words in
 * `*fault` if `fault` is not NULL: static memory, until the next call.
 */
struct listenas_ring *listenas_ring_open(const char *path, const char **fault);

/* Frees it. NULL is ignored. */
void listenas_ring_close(struct listenas_ring *ring);

#define LISTENAS_NAME 48

struct listenas_event {
    uint64_t number;           /* tells it from all others of the ring; they need not be in order of time */
    uint64_t time_ns, last_ns; /* CLOCK_REALTIME of the call, and of the last that it stands for */
    uint64_t repeats;          /* how many equal calls of the same thread that followed it stands for */
    uint32_t pid, tid;
    char call[LISTENAS_NAME];   /* "accept"; "start" for the first of a process; "queue" for a queue that was full */
    char why[2][LISTENAS_NAME]; /* keys of the profile that made a difference; empty for none */
    int fd, result;             /* of "queue": the milliseconds up to time_ns */
    int error, kernel_error;    /* what the program got, and what the kernel said; 0 for none */
    int asked;     /* listen: the backlog; accept4: flags; start: the parent; queue: connections that waited */
    int effective; /* listen: the backlog as the platform takes it; queue: milliseconds from its end to time_ns */
    int capacity;  /* listen, queue: connections that it holds; 0 if that is left to the kernel */
    int given;     /* listen: the backlog that the kernel got; queue: connections that it dropped */
    unsigned int turned_away; /* queue: clients that the refuser refused or reset */
    unsigned char
        address[40]; /* the beginning of a struct sockaddr; for "start" the program's name, NUL, its profile */
    size_t address_length;
    uint32_t site; /* for listenas_ring_frame; 0 if it is not known */
};

/* What listenas_ring_next answers. */
enum {
    LISTENAS_RING_GAP = -1,     /* calls are missing here: listenas_ring_gap has how many */
    LISTENAS_RING_END = 0,      /* there is none yet; the same call may have one later */
    LISTENAS_RING_EVENT = 1,    /* an event was copied */
    LISTENAS_RING_REPEATED = 2, /* one that was given before was copied anew: it stands for more calls now */
};

/*
 * Copies the next event in order of time; what comes while it is read can be late. Events that were kept for a process
 * or a listener while newer ones took their places come first, before the gap that they left.
 */
int listenas_ring_next(struct listenas_ring *ring, struct listenas_event *event);

/* Why calls are missing. */
enum {
    LISTENAS_GAP_NONE,
    LISTENAS_GAP_OVERWRITTEN, /* newer ones took their places */
    LISTENAS_GAP_UNFINISHED,  /* their writer died while it wrote; known a second later */
    LISTENAS_GAP_DAMAGED,     /* the file is damaged there */
};

struct listenas_gap {
    int kind;
    uint64_t count;
    uint64_t from_ns, to_ns; /* the times between which the calls were; 0 where that is not known */
};

/* The gap that listenas_ring_next met last. */
struct listenas_gap listenas_ring_gap(const struct listenas_ring *ring);

/* How many calls were recorded and have been overwritten since the file was made. */
uint64_t listenas_ring_lost(const struct listenas_ring *ring);

struct listenas_frame {
    uint64_t offset;  /* of the return address in the module, as its own headers count; without one, the address */
    char module[208]; /* its path, or the end of it; empty if it is not known */
    unsigned char build_id[32];
    size_t build_id_size;
};

/*
 * Copies the frame of a site, from 0, the innermost: what called is before the offset. Returns 1, or 0 if there is
 * none.
 */
int listenas_ring_frame(const struct listenas_ring *ring, uint32_t site, unsigned int depth,
                        struct listenas_frame *frame);

struct listenas_listener {
    uint32_t pid;
    int fd;
    uint64_t cookie;  /* SO_COOKIE of the socket */
    int is_listening; /* 0 if it was only bound, or is known to be closed */
    struct listenas_event
        listen; /* the call that made it listen last; its number may be overwritten among the events */
    uint64_t accepted, failed, last_ns;
    uint64_t samples; /* how often its queue was looked at; the rest means nothing while that is 0 */
    int queued, capacity, highest;
    uint64_t full_since_ns; /* 0 if it is not full */
    uint64_t full_times, dropped;
    uint64_t turned_away;          /* clients that the refuser refused or reset */
    int waited_ms, waited_most_ms; /* in the queue: the connection that was looked at last, and the longest; or 0 */
};

/* Copies the listener at this place, from 0. Returns 1; 0 if nothing is there; -1 if there is no such place. */
int listenas_ring_listener(const struct listenas_ring *ring, unsigned int index, struct listenas_listener *listener);

/* What the library's looks at a queue found in one span of time. */
struct listenas_span {
    uint64_t from_ns, to_ns; /* CLOCK_REALTIME */
    int queued;              /* the most connections that waited */
    int capacity;            /* how many the queue held at the last of these looks */
    uint64_t accepted;       /* connections that accept had given by then, since the listener was made */
};

/* Level 0 has spans of 134 ms, each further level spans four times as long. */
#define LISTENAS_SPAN_LEVELS 9
#define LISTENAS_SPANS 64

/*
 * Copies a span of the history of the listener at this place, by its level and its index, each from 0; their order is
 * not that of time. Returns 1; 0 if nothing is there; -1 if there is no such place, level or index, or no history is
 * kept of the listener.
 */
int listenas_ring_span(const struct listenas_ring *ring, unsigned int listener, unsigned int level, unsigned int index,
                       struct listenas_span *span);

#ifdef __cplusplus
}
#endif

#endif
