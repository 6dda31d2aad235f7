/*
 * Numbers of listeners as people read them.
 */
#ifndef LISTENAS_CLI_LIVE_WORDS_H
#define LISTENAS_CLI_LIVE_WORDS_H

#include "../age.h"
#include "live_ring.h"

#define WORDS_SIZE 96

/* The local time of day, "12:36:52", of a time in nanoseconds since 1970. */
void format_clock(uint64_t ns, char *text, size_t size);

/* "0.4", "12.3", "1234", "56.7k", "8.9M": at most 5 characters up to a thousand million. */
void format_rate(double rate, char *text, size_t size);

/* "ECONNABORTED", or "others" for those that are counted together. Static memory. */
const char *error_words(const struct listener_error *error);

/* "5s accept(3) = ECONNABORTED", "2s 3 refused", or nothing: the last failure, after its age at `now_ns`. */
void format_last(const struct listener *listener, uint64_t now_ns, char *text, size_t size);

/* "listens", "closed" (the kernel does not have the socket any more), or "ended": no process writes to the ring. */
const char *state_word(const struct live_ring *ring, const struct listener *listener);

#endif
