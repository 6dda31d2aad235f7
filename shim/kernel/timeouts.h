/*
 * SO_SNDTIMEO and SO_RCVTIMEO of a listener, where connections get them as they were at listen: marks those that are
 * set later. May be called from a signal handler.
 */
#ifndef LISTENAS_KERNEL_TIMEOUTS_H
#define LISTENAS_KERNEL_TIMEOUTS_H

/* After the program has set that time-out; `mark`: its bit (late_timeout_mark). Keeps errno. */
void timeout_was_set(int fd, int mark);

#endif
