/*
 * How the supervisor notices that a worker is stuck, although nobody wakes up while there is nothing to do. The
 * worker counts its rounds and sets an alarm when it wakes up. When the alarm goes off, the worker must be asleep or
 * have got further. A worker that is ready to run, but that a busy machine gives no processor, is not stuck: the next
 * one would get none either, and would not have what this one is about to answer. Lock-free: only the worker writes
 * `is_awake` and `beat`; whoever sets or takes the alarm writes `is_alarm_set`. All are sequentially consistent; a lost
 * race delays the check by one period.
 */
#ifndef LISTENAS_REFUSER_HEARTBEAT_H
#define LISTENAS_REFUSER_HEARTBEAT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct refuser;

/*
 * A worker that makes no progress for two of these periods, in nanoseconds, is stuck: one that waits for something
 * else than a processor, or that has used a processor for one of them meanwhile.
 */
#define HEARTBEAT_NS 400000000

/* What the supervisor saw at the last alarm. */
struct heartbeat {
    unsigned int beat;
    int64_t used_ns; /* the processor time of the worker when that beat was first seen */
};

/*
 * Before a worker starts: what the one before left counts no more, which may have been killed awake, or just before it
 * set the alarm. Returns what there is to compare the first alarm with.
 */
struct heartbeat heartbeat_begin(struct refuser *refuser);

/* The worker has woken up, continues, or is about to sleep. */
void heartbeat_wake(struct refuser *refuser);
void heartbeat_sleep(struct refuser *refuser);

/* The alarm went off. Returns whether the worker is stuck: awake, and no further than `seen`, which is updated. */
bool heartbeat_has_stopped(struct refuser *refuser, pid_t worker, struct heartbeat *seen);

#endif
