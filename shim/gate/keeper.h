/*
 * The gatekeeper: two processes that share their descriptors and the table of listeners. The worker does the
 * work, the guardian waits for its end. Whichever is killed, the other finds every descriptor and every
 * closed gate where they were, opens or keeps the gates by what the queues hold, and starts a new partner. So
 * a gate can stay shut only if both are killed at once; they are in sessions of their own.
 */
#ifndef LISTENAS_GATE_KEEPER_H
#define LISTENAS_GATE_KEEPER_H

#include "gate.h"
#include "hold.h"
#include "listeners.h"

struct keeper {
    int requests; /* the datagram socket, bound */
    int program;  /* pidfd of the program that it serves alone; -1 for a host's gatekeeper */
    char setting[sizeof(struct sockaddr_un) + 16]; /* "LISTENAS_GATE=..." as that program's tree has it */
    int partner;                                   /* the worker's pidfd of the guardian */
    bool program_ended;
    struct listeners listeners;
    struct hold hold;
};

/* Makes the socket of an address and binds it. Returns it, or -1 with errno set. */
int keeper_bind(const struct gate_address *address);

/*
 * Serves until SIGTERM, SIGINT or SIGHUP, or until the program's processes have ended; then opens every gate.
 * Takes a socket that keeper_bind made, and the pidfd of a program to serve or -1, with its setting. Returns
 * 0 or an errno.
 */
int keeper_run(int requests, int program, const char *setting);

/*
 * Starts a gatekeeper for the program that this process is about to become. It is nobody's child that a wait
 * could see, has a session of its own and none of our descriptors. `setting` gets what is to be put into the
 * environment, as "LISTENAS_GATE=...". Returns 0 or an errno.
 */
int keeper_start(char *setting, size_t size);

/* worker.c: what the worker does. Returns whether the gatekeeper is to end; false if its guardian has died. */
bool worker_run(struct keeper *keeper, pid_t guardian);

/*
 * What an event is about, beside places in the table; a decoy's is its listener's place and EVENT_DECOY together.
 */
enum { EVENT_REQUEST = LISTENERS_MAX, EVENT_GUARDIAN, EVENT_PROGRAM, EVENT_DECOY = 2 * LISTENERS_MAX };

/*
 * worker.c: watches a listener that has a gate, and its decoy if it has one, unless they are watched already. Returns 0
 * or an errno.
 */
int watch_listener(const struct keeper *keeper, int place);

/* requests.c: serves the requests that have come. */
void serve_requests(struct keeper *keeper);

#endif
