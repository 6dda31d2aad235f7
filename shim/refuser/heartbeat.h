/*
 * How the supervisor knows that a worker is stuck, while nobody wakes up where there is nothing to do: the worker
 * counts its rounds, and sets an alarm when it wakes up. When the alarm goes off the worker must be asleep, or further
 * than it was. Lock-free: `is_awake` and `beat` are written by the worker alone, `is_alarm_set` by whichever sets or
 * takes the alarm; each is sequentially consistent, and a lost race costs one period.
 */
#ifndef LISTENAS_REFUSER_HEARTBEAT_H
#define LISTENAS_REFUSER_HEARTBEAT_H

#include <stdbool.h>

struct refuser;

/* A worker that gets no further for two of these, in nanoseconds, is stuck. */
#define HEARTBEAT_NS 400000000

/* The worker has woken up, goes on, or is about to sleep. */
void heartbeat_wake(struct refuser *refuser);
void heartbeat_sleep(struct refuser *refuser);

/*
 * The alarm went off. Returns whether the worker is stuck: awake, and at the same `beat` as when it last went off,
 * which is updated.
 */
bool heartbeat_has_stopped(struct refuser *refuser, unsigned int *beat);

#endif
