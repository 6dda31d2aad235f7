/*
 * Whether the facts of calls are recorded for a judgement by any platform's rules (record.facts), and which.
 */
#ifndef LISTENAS_GUEST_OBSERVING_H
#define LISTENAS_GUEST_OBSERVING_H

#include "guest.h"

/* Reads the key, after the profile. Only for the constructor, and for a process with one thread (choose.h). */
void observing_begin(void);

/* What the calls in force need of the host's settings: enum need. */
unsigned int observing_needs(void);

/* What the rules of all platforms together need to know at this call before it: enum need. */
unsigned int observing_facts(enum call call);

/*
 * Whether this call is to be looked at: each of the first thousand from one place of the program, then one in 64.
 * `caller` is the hook's return address. Counts the call. May be called from a signal handler; keeps errno.
 */
bool observing_wants(enum call call, const void *caller);

#endif
