/*
 * A bounded flood of SYNs from many addresses of loopback to one port, as raw packets.
 */
#ifndef LISTENAS_BENCH_FLOOD_H
#define LISTENAS_BENCH_FLOOD_H

#include <sys/types.h>

struct flood {
    pid_t pid;
    int count; /* a pipe */
};

/* Starts one, in a process of its own, of `per_second` SYNs for `ms` milliseconds. Needs CAP_NET_RAW. */
struct flood flood_start(int port, unsigned int per_second, unsigned int ms);

/* Waits for its end. Returns how many SYNs a second were sent. */
double flood_end(struct flood *flood);

#endif
