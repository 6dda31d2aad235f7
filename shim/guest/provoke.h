/*
 * The errors that LISTENAS_PROVOKE asks for, and how many calls of each kind the process has made.
 *
 * A child of fork goes on with the counts of its parent at that moment, and from then on each has its own; a program
 * that is executed begins anew. Threads count together. Only calls that the setting speaks of are counted.
 */
#ifndef LISTENAS_GUEST_PROVOKE_H
#define LISTENAS_GUEST_PROVOKE_H

#include "../profile/provocation.h"
#include "../ring/layout.h"
#include "../ring/likely.h"
#include "guest.h"

/* Reads the setting, after the profile. A mistake in it is told, and nothing is provoked. Only for the constructor. */
void provoke_start(const char *setting);

/*
 * Puts these provocations in force instead of those before, and counts from 1 again; for a process with one thread
 * (choose.h).
 */
void provoke_set(const struct provocations *all);

/* Keeps the provocations in force after the profile was changed; for a process with one thread, as provoke_set. */
void provoke_keep(void);

/* Counts a call of this kind; returns what provoke_next does. May be called from a signal handler. Keeps errno. */
int provoke_count(enum call call, int fd);

/*
 * To be asked once for each call that the program makes: the errno that it is to fail with, or 0. `fd` is its socket;
 * -1 for socket(). May be called from a signal handler; keeps errno.
 */
static inline int provoke_next(enum call call, int fd)
{
    return unlikely(guest_provokes(call)) ? provoke_count(call, fd) : 0;
}

/* The record of a call that was not made because its failure is provoked. */
static inline void provoke_note(struct record *record, int error)
{
    record->result = -1;
    record->given_error = (uint16_t)error;
    record->key[0] = record->key[1] = 0;
    record->flags = RECORD_PROVOKED | RECORD_NOT_CALLED;
}

#endif
