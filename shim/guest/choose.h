/*
 * Another profile, and other provoked errors, for a process that runs already.
 */
#ifndef LISTENAS_GUEST_CHOOSE_H
#define LISTENAS_GUEST_CHOOSE_H

/*
 * Loads the profile of this name or path as the start does, and puts it in force if the process has one thread: all
 * calls read the profile without a lock, and one that waits in accept may read it long after. Returns 0 or an errno,
 * and then changes nothing: EINVAL for a mistake, EBUSY for other threads, EAGAIN if the library cannot start yet.
 * Waits CHOOSE_PATIENCE_MS for threads that end. Reads files; not for signal handlers; may change errno.
 */
int guest_choose(const char *name);

#define CHOOSE_PATIENCE_MS 100

/* Likewise for what LISTENAS_PROVOKE sets; "" ends it. Calls are counted from 1 again. */
int guest_provoke(const char *setting);

/* Why the last guest_choose or guest_provoke failed, in a sentence; "" if it did not. */
const char *guest_choose_fault(void);

#endif
