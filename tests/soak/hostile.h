/*
 * What a hostile user does to the refuser of LISTENAS_REFUSER, as nobody where this process may become nobody.
 */
#ifndef LISTENAS_SOAK_HOSTILE_H
#define LISTENAS_SOAK_HOSTILE_H

#include <sys/types.h>

enum hostile_kind {
    HOSTILE_GARBAGE,     /* messages of random bytes and lengths */
    HOSTILE_SILENCE,     /* hundreds of connections that say nothing */
    HOSTILE_DESCRIPTORS, /* requests that bring descriptors along */
    HOSTILE_CLAIMS,      /* requests that name another user's listener at `port` */
    HOSTILE_KINDS
};

/* Starts it in a process of its own, which ends by itself: with 0, or 1 if it was given what it must not have. */
pid_t hostile_start(enum hostile_kind kind, int port, unsigned int seed);

#endif
