/*
 * What runs now: the rings that are looked at, their listeners, and the processes that write to them. `stat`, `top` and
 * whatever else shows numbers of listeners read them here.
 *
 *     struct live live;
 *     live_open(&live, &(struct live_choice){.what = "nginx"});
 *     while (live_refresh(&live) == 0)
 *         ... live.rings[i]->listeners[j] ...
 *     live_close(&live);
 *
 * A refresh reads what each ring that lives says of its listeners, and asks the kernel once for all queues; rings that
 * have ended cost nothing unless they are asked for. Looking for new processes costs much more, so it is done at most
 * once a second, and takes no more than a twentieth of the time.
 *
 * A ring's owner may cut its file short at any time, and to touch what is gone raises SIGBUS. What is copied here is
 * safe to use; whoever reads `ring` itself does so in guard_run (guard.h).
 */
#ifndef LISTENAS_CLI_LIVE_LIVE_H
#define LISTENAS_CLI_LIVE_LIVE_H

#include "../../ring/cursor.h"
#include "listener.h"
#include "queues.h"
#include "scan.h"

/* Which rings are looked at. */
struct live_choice {
    const char *what; /* a program's name, a process's number or a file's path; NULL: every ring that lives */
    bool ended;       /* rings that nobody writes to, too */
};

struct live_ring {
    char *path;        /* to be shown: of another mount namespace it may be another file here */
    const char *fault; /* why it cannot be read; NULL: it can */
    struct file_identity file;
    struct ring ring;
    bool lives;                 /* a process writes to it */
    bool own_network;           /* and its listeners are in this process's network namespace */
    size_t writers;             /* how many processes */
    uint32_t writer;            /* the first of them */
    struct listener *listeners; /* those of them that `seen` says are in the ring now */
    size_t count, room;
    bool is_followed;     /* its events are read: a listener has failed with more than EAGAIN */
    struct cursor cursor; /* if so */
    bool wanted;          /* internal: the last look found it */
};

struct live {
    struct live_choice choice;
    struct scan scan; /* processes with the library */
    struct queues queues;
    struct live_ring **rings; /* by age: those found first come first */
    size_t count, room;
    uint64_t now_ns;     /* CLOCK_REALTIME of the last refresh */
    uint64_t steady_ns;  /* CLOCK_MONOTONIC of it */
    uint64_t scan_at_ns; /* CLOCK_MONOTONIC: look for processes again */
};

/* `choice` is copied, its text is not. Nothing is looked at yet. */
void live_open(struct live *live, const struct live_choice *choice);

/*
 * Reads everything anew. Returns 0 or an errno: ENOMEM, or why /proc cannot be read. One ring that cannot be read has a
 * `fault` and does not fail the others.
 */
int live_refresh(struct live *live);

/* The same, and looks for new processes even if it has just done so. */
int live_refresh_all(struct live *live);

void live_close(struct live *live);

/* The ring that a process writes to; NULL if it has none, or that was not chosen. */
const struct live_ring *live_ring_of(const struct live *live, const struct process *process);

/*
 * The last events of a listener, at most `most`, the oldest first. Reads the whole ring. Returns how many there are;
 * none where there is no memory, or the ring cannot be read any more.
 */
size_t live_events(const struct live_ring *ring, const struct listener *listener, struct told *events, size_t most);

/* Whether the listener is there, listens, and is a socket still, as far as is known. */
static inline bool live_listens(const struct live_ring *ring, const struct listener *listener)
{
    return listener->seen && ring->lives && listener->listens && !listener->closed;
}

#endif
