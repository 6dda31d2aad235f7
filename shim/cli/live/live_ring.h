/*
 * A ring that is looked at, and its listeners.
 *
 * A ring's owner may cut its file short at any time, and to touch what is gone raises SIGBUS. What is copied here is
 * safe to use; whoever reads `ring` itself does so in guard_run (guard.h).
 */
#ifndef LISTENAS_CLI_LIVE_LIVE_RING_H
#define LISTENAS_CLI_LIVE_LIVE_RING_H

#include "../../ring/cursor.h"
#include "../maps.h"
#include "listener.h"

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

/* Whether the listener is there, listens, and is a socket still, as far as is known. */
static inline bool live_listens(const struct live_ring *ring, const struct listener *listener)
{
    return listener->seen && ring->lives && listener->listens && !listener->closed;
}

#endif
