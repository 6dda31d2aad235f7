/*
 * A listener that was shut down with clients in its queue, where the platform still lets them be accepted
 * (shutdown.queued = drain). The kernel would reset them, so the library shuts it down after the last one is
 * accepted. All of it may be called from a signal handler, and keeps errno.
 */
#ifndef LISTENAS_CALLS_DRAIN_H
#define LISTENAS_CALLS_DRAIN_H

/* After a shutdown for sending as well: lets nobody else into the queue. */
void drain_close(int fd);

/* Shuts a draining listener down if its queue is empty. `mark` as facts_mark gives it. */
void drain_end_if_empty(int fd, int mark);

#endif
