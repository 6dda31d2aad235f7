/*
 * Which process and which thread this is, without a system call in any hook: a sandbox may forbid getpid and gettid.
 *
 * A process's number stands in a page that the kernel gives to a forked child as zeros. A child that libc's fork made
 * writes its own number there before fork returns. A child of a bare clone or of _Fork finds zeros, and asks the kernel
 * at its first record. A child of vfork shares the page with its parent: what it calls before it executes another
 * program is recorded as the parent's.
 */
#ifndef LISTENAS_GUEST_PROCESS_H
#define LISTENAS_GUEST_PROCESS_H

#include <stdint.h>

/* Of 8 bytes: what process_words has room for. */
#define PROCESS_WORDS 256

/* Finds out how libc tells a thread's number, and has fork tell the child's. Only for the constructor. */
void process_prepare(void);

/*
 * Gets the page, unless it is there. Makes system calls (getpid, getppid, mmap, madvise), so it is called where the
 * ring is opened. Of threads that come at once, one leaves its page. Keeps errno; may be called from a signal handler.
 */
void process_begin(void);

/*
 * Where the process notes its number once it has a start record in the ring, else 0: a fork makes it 0 again. Without
 * a page, which is so before process_begin, without memory, and on a kernel before 4.14, NULL; there each record asks
 * the kernel for its numbers. May be called from a signal handler.
 */
_Atomic uint32_t *process_introduced(void);

/* PROCESS_WORDS words in that page, zeros at first and in a forked child; NULL without one. Likewise. */
_Atomic uint64_t *process_words(void);

/*
 * The numbers of this process, of the one that made it, and of this thread. Each may be called from a signal handler
 * and keeps errno.
 */
uint32_t process_pid(void);
uint32_t process_parent(void);
uint32_t process_thread(void);

#endif
