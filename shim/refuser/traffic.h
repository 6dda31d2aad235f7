/*
 * When an eye is open. Open, it costs the kernel a copy of each segment, and a wake-up for each SYN: nothing where
 * there is no traffic, too much where there is plenty. So under much traffic it is shut while every queue is far from
 * full, and the queues are looked at each millisecond or some instead. A SYN that is dropped in between is judged when
 * it is sent again. Pure functions; times are CLOCK_MONOTONIC in nanoseconds.
 */
#ifndef LISTENAS_REFUSER_TRAFFIC_H
#define LISTENAS_REFUSER_TRAFFIC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How often queues are looked at while the eye is shut: each millisecond, and less often the more room each has, so
 * that 64,000 clients a second would fill none between two looks. A look costs 10 to 20 us of a processor on a
 * busy virtual machine, the wake-up with it.
 */
#define TRAFFIC_LOOK_NS 1000000
#define TRAFFIC_LOOK_MOST_NS 8000000
#define TRAFFIC_ROOM_PER_LOOK 64
/* How long an eye stays shut at first, and at most, where it meets much traffic each time that it opens. */
#define TRAFFIC_PAUSE_NS 100000000
#define TRAFFIC_PAUSE_MOST_NS 800000000
/*
 * Much traffic: this weight within this time. A SYN weighs 1, any other segment that the filter lets through 2. An eye
 * is not shut sooner: by then a burst of clients has filled the queue that it is for.
 */
#define TRAFFIC_MUCH 16
#define TRAFFIC_WINDOW_NS 10000000
/*
 * How long segments gather before they are read, while much comes: one wake-up for many instead of one for each.
 */
#define TRAFFIC_GATHER_NS 500000
/* How long an eye stays open after a queue has dropped something: more clients are coming. */
#define TRAFFIC_CALM_NS 1000000000

struct traffic {
    bool shut;
    bool gathers; /* much has come in the window before, or in this one so far */
    int weight;   /* of the window that began at window_ns */
    int64_t window_ns;
    int64_t look_ns; /* when the queues are to be looked at, while it is shut */
    int64_t open_ns; /* when to open, while it is shut */
    int64_t pause_ns;
};

/*
 * Takes what an open eye has seen. Returns whether it was much in a window that is over now: then the queues are to be
 * looked at, which decide whether to shut it.
 */
bool traffic_is_much(struct traffic *traffic, int syns, int others, int64_t now_ns);

/* Whether what comes now is to gather for TRAFFIC_GATHER_NS before it is read. */
bool traffic_gathers(const struct traffic *traffic, int64_t now_ns);

/*
 * Whether the eye is to be open for a queue of which `queued` places of `backlog` + 1 are taken, and that has last
 * dropped something at `dropped_ns` (0 for never): more than half full while it is shut, a quarter while it is open.
 */
bool traffic_is_crowded(const struct traffic *traffic, uint32_t queued, uint32_t backlog, int64_t dropped_ns,
                        int64_t now_ns);

/* The queues were looked at: sets when to do so again. */
void traffic_looked(struct traffic *traffic, uint32_t room, int64_t now_ns);

/* The eye is shut now, as the queues were just looked at. */
void traffic_shut(struct traffic *traffic, int64_t now_ns);

/* It is open now: `needed` by a queue that fills, or on trial. */
void traffic_open(struct traffic *traffic, bool needed, int64_t now_ns);

/* The next time that something is to be done; INT64_MAX while it is open. */
int64_t traffic_due(const struct traffic *traffic);

#endif
