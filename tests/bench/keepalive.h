/*
 * A keep-alive server and its load: many short requests over a few connections, one at a time on each.
 */
#ifndef LISTENAS_BENCH_KEEPALIVE_H
#define LISTENAS_BENCH_KEEPALIVE_H

#include <sys/types.h>

/* Starts a server of that listener in a process of its own, on one processor. It ends with this process. */
pid_t keepalive_start(int listener, unsigned int processor);

/*
 * Asks the server at a port of loopback for `ms` milliseconds, from another processor. Returns nanoseconds for one
 * request. Ends the program if the server does not answer.
 */
double keepalive_load(int port, unsigned int processor, unsigned int ms);

#endif
