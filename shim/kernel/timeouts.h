/*
 * SO_SNDTIMEO and SO_RCVTIMEO of a listener, where its connections get them as they were at listen: those that are set
 * later are marked. May be called from a signal handler.
 */
#ifndef LISTENAS_KERNEL_TIMEOUTS_H
#define LISTENAS_KERNEL_TIMEOUTS_H

/* After setsockopt of that time-out has succeeded; `mark`: the bit for it (late_timeout_mark). Keeps errno. */
void timeout_was_set(int fd, int mark);

#endif
