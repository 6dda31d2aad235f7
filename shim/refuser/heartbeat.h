/*
 * How the supervisor notices that a worker is stuck, although nobody wakes up while there is nothing to do. The
 * worker counts its rounds and sets an alarm when it wakes up. When the alarm goes off, the worker must be asleep or
 * have got further. Lock-free: only the worker writes `is_awake` and `beat`; whoever sets or takes the alarm writes
 * `is_alarm_set`. All are sequentially consistent; a lost race delays the check by one period.
 */
#ifndef LISTENAS_REFUSER_HEARTBEAT_H
#define LISTENAS_REFUSER_HEARTBEAT_H

#include <stdbool.h>

struct refuser;

/* A worker that makes no progress for two of these periods, in nanoseconds, is stuck. */
#define HEARTBEAT_NS 400000000

/* The worker has woken up, continues, or is about to sleep. */
void heartbeat_wake(struct refuser *refuser);
void heartbeat_sleep(struct refuser *refuser);

/*
 * The alarm went off. Returns whether the worker is stuck: awake, and at the same `beat` as at the last alarm, which
 * is updated.
 */
bool heartbeat_has_stopped(struct refuser *refuser, unsigned int *beat);

#endif
