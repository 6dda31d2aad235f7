/*
 * Changes the profile, or the provoked errors, of a running process.
 */
#ifndef LISTENAS_GUEST_CHOOSE_H
#define LISTENAS_GUEST_CHOOSE_H

/*
 * Loads the profile of this name or path as the start does, and puts it in force. The process must have one thread,
 * since all calls read the profile without a lock, and one that waits in accept may read it much later. Returns 0 or
 * an errno, and then changes nothing: EINVAL for a mistake, EBUSY for other threads, EAGAIN if the library cannot
 * start yet. Waits CHOOSE_PATIENCE_MS for threads that are ending. Reads files; not for signal handlers; may change
 * errno.
 */
int guest_choose(const char *name);

#define CHOOSE_PATIENCE_MS 100

/* The same for the setting of LISTENAS_PROVOKE; "" ends it. Calls count from 1 again. */
int guest_provoke(const char *setting);

/* Why the last guest_choose or guest_provoke failed, in a sentence; "" if it did not. */
const char *guest_choose_fault(void);

#endif
