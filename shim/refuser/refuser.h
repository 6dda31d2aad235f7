/*
 * The refuser: two processes. The worker sees SYNs, answers those that full queues dropped, and serves requests. The
 * supervisor replaces a worker that has died, is stopped or is stuck; a worker whose supervisor has died becomes
 * one. Neither holds anything that would keep a listener, a port or a client: while no worker runs, the kernel drops
 * SYNs as it always does.
 */
#ifndef LISTENAS_REFUSER_REFUSER_H
#define LISTENAS_REFUSER_REFUSER_H

#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "held.h"
#include "listeners.h"
#include "network.h"
#include "rings.h"

/* Bytes of a text such as "LISTENAS_REFUSER=/run/listenas.refuser". */
#define REFUSER_SETTING_SIZE (sizeof(struct sockaddr_un) + 32)

/* What both processes share. */
struct refuser {
    int requests; /* the listening socket that programs ask at */
    uid_t user;   /* who listens there: the process itself, or root where systemd has made the socket */
    int program;  /* pidfd of the program that it serves, or of a process of its tree; -1 for a host's refuser */
    int signals;  /* the supervisor's signalfd */
    int alarm;    /* a timerfd: the worker sets it while awake; when it runs out, the supervisor looks at the worker */
    char setting[REFUSER_SETTING_SIZE]; /* as the processes of the program's tree have it in their environment */
    bool program_ended;                 /* the program has ended, and `program` is a process of its tree */
    _Atomic bool is_awake;
    _Atomic unsigned int is_alarm_set; /* 0 or 1; some compilers need libatomic to exchange a byte */
    _Atomic unsigned int beat;         /* counts the worker's rounds */
    struct networks networks;
    struct listeners listeners;
    struct held_memory held;
    struct told_rings rings;
};

/*
 * Makes the socket of an address and listens on it. With `is_public` everybody may connect, else its owner. The
 * umask sets the mode when the socket is made, so that no other file is touched; it changes for a moment. Returns a
 * descriptor, or -1 with errno.
 */
int refuser_listen(const struct refuser_address *address, bool is_public);

/*
 * Puts off the signals of refuser_run, and SIGCHLD, until it runs; it then ends at once. Whoever makes a socket that
 * must be removed at the end calls this first. `set` gets these signals.
 */
void refuser_defer_signals(sigset_t *set);

/*
 * Serves until SIGTERM, SIGINT or SIGHUP, or until the program and its children have ended. `requests`: of
 * refuser_listen, or of systemd: who made it is whose refuser this is. `program`: a pidfd, or -1; `setting`: what the
 * program's tree has in its environment. Returns 0 or an errno: EPERM without CAP_NET_RAW.
 */
int refuser_run(int requests, int program, const char *setting);

/*
 * Starts a refuser for the program that this process is about to become. The refuser is not its child, has a session
 * of its own, and shares no descriptor with it. `setting`, REFUSER_SETTING_SIZE bytes, receives the text for the
 * environment. Returns 0 or an errno.
 */
int refuser_start(char *setting);

/* Whether this process can refuse in its network namespace: returns 0, EPERM without CAP_NET_RAW, or another errno. */
int refuser_try(void);

/*
 * Whether it can destroy connections there, which accept filters and REFUSER_SHORTEN need: EPERM without
 * CAP_NET_ADMIN.
 */
int refuser_try_destroy(void);

/* worker.c: works until it is told to end (true) or its supervisor has died (false). */
bool worker_run(struct refuser *refuser, pid_t supervisor);

#endif
