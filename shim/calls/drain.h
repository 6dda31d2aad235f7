/*
 * A listener that was shut down while clients were queued, where the platform still lets them be accepted
 * (shutdown.queued = drain). The kernel would reset them, so that it is not told until the last of them is accepted.
 * All of it may be called from a signal handler, and keeps errno.
 */
#ifndef LISTENAS_CALLS_DRAIN_H
#define LISTENAS_CALLS_DRAIN_H

/* After shutdown for sending as well: nobody else is queued. */
void drain_close(int fd);

/* Shuts a draining listener down if nobody is queued any more. `mark` as facts_mark gives it. */
void drain_end_if_empty(int fd, int mark);

#endif
