/*
 * What of libc is missing when the library starts before libc is initialized: glibc runs the preinit array of a program
 * before libc's own constructor.
 */
#ifndef LISTENAS_GUEST_EARLY_H
#define LISTENAS_GUEST_EARLY_H

#include <stdbool.h>

/*
 * Whether the library can start now. Where libc has not learnt the environment and the program's name yet, gives it
 * both, as libc itself does later: from where the kernel has put them. False where they are not found, and while
 * <ctype.h> has no tables, as before the constructor of glibc 2.31 and older. May be called from a signal handler.
 */
bool early_libc_is_ready(void);

/* Whether libc had no environment yet when the library started: it then takes it anew, without what was added. */
bool early_environment_is_ours(void);

#endif
