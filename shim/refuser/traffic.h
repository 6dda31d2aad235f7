/*
 * When an eye is open. An open eye costs the kernel a copy of each segment and a wake-up for each SYN: nothing
 * without traffic, too much with plenty of it. Under much traffic the eye is therefore shut while every queue is far
 * from full, and the queues are looked at every few milliseconds instead. A SYN that is dropped meanwhile is judged
 * when the client sends it again. Pure functions; times are CLOCK_MONOTONIC in nanoseconds.
 */
#ifndef LISTENAS_REFUSER_TRAFFIC_H
#define LISTENAS_REFUSER_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The time between looks at the queues while the eye is shut: a millisecond, or longer if the queues have more room,
 * so that 64,000 clients a second would fill none in between. A look takes 10 to 20 us of processor time on a busy
 * virtual machine, with its wake-up.
 */
#define TRAFFIC_LOOK_NS 1000000
#define TRAFFIC_LOOK_MOST_NS 8000000
#define TRAFFIC_ROOM_PER_LOOK 64
/* How long an eye stays shut at first, and at most, if it meets much traffic each time that it opens. */
#define TRAFFIC_PAUSE_NS 100000000
#define TRAFFIC_PAUSE_MOST_NS 800000000
/*
 * Much traffic: this weight within this time. A SYN weighs 1, another segment that the filter passes 2. The eye is
 * not shut before that time is over: a burst of clients fills the queue within it.
 */
#define TRAFFIC_MUCH 16
#define TRAFFIC_WINDOW_NS 10000000
/* How long segments gather before they are read, under much traffic: one wake-up for many. */
#define TRAFFIC_GATHER_NS 500000
/* How long an eye stays open after a queue has dropped something: more clients will come. */
#define TRAFFIC_CALM_NS 1000000000

struct traffic {
    bool shut;
    bool gathers; /* there was much traffic in the last window, or in this one so far */
    int weight;   /* in the window that began at window_ns */
    int64_t window_ns;
    int64_t look_ns; /* when to look at the queues, while it is shut */
    int64_t open_ns; /* when to open, while it is shut */
    int64_t pause_ns;
};

/*
 * Counts what an open eye has seen. Returns true at the end of a window with much traffic: then a look at the queues
 * decides whether to shut the eye.
 */
bool traffic_is_much(struct traffic *traffic, int syns, int others, int64_t now_ns);

/* Whether segments are to gather for TRAFFIC_GATHER_NS before they are read. */
bool traffic_gathers(const struct traffic *traffic, int64_t now_ns);

/*
 * Whether a queue needs the eye open: it has `queued` of `backlog` + 1 places taken, and dropped something at
 * `dropped_ns` (0 for never). The threshold is half of the places while the eye is shut, a quarter while it is open.
 */
bool traffic_is_crowded(const struct traffic *traffic, uint32_t queued, uint32_t backlog, int64_t dropped_ns,
                        int64_t now_ns);

/* After a look at the queues: sets the time of the next one. */
void traffic_looked(struct traffic *traffic, uint32_t room, int64_t now_ns);

/* Notes that the eye is shut, just after a look at the queues. */
void traffic_shut(struct traffic *traffic, int64_t now_ns);

/* Notes that it is open: `needed` by a queue that fills, or on trial. */
void traffic_open(struct traffic *traffic, bool needed, int64_t now_ns);

/* When something is due next; INT64_MAX while the eye is open. */
int64_t traffic_due(const struct traffic *traffic);

#endif
