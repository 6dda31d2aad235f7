/*
 * The calls that come after the library's own: libc's, or another preloaded library's.
 */
#ifndef LISTENAS_GUEST_REAL_H
#define LISTENAS_GUEST_REAL_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Before the constructor has run each is a system call. Each is as the call of its name otherwise. */
struct real {
#define HOOK(result, name, parameters, arguments, by_system_call) result(*name) parameters;
#include "../profile/calls.def"
};

extern struct real real;

/* The next syscall(); before the constructor the library's own system_call. Set once, by real_resolve. */
extern long (*syscall_next)(long number, ...);

/* pthread_testcancel, which is not in libc itself before glibc 2.34; without libpthread nothing is cancelled, and this
 * does nothing. Set once, by real_resolve. */
extern void (*real_testcancel)(void);

/* Whether another preloaded library stands between this one and libc. Set once, by real_resolve. */
extern bool syscall_others_follow;

/*
 * Finds the real calls, and the next syscall(), with dlsym(RTLD_NEXT). Only for the constructor: dlsym may allocate.
 * Returns false if the program has no dlsym, as one may that does not load the libdl of a glibc before 2.34: then each
 * call is made by number, is no cancellation point, and reaches no other preloaded library.
 */
bool real_resolve(void);

#endif
