/*
 * The start of the library before libc is initialized: glibc runs a program's preinit array before libc's own
 * constructor.
 */
#ifndef LISTENAS_GUEST_EARLY_H
#define LISTENAS_GUEST_EARLY_H

#include <stdbool.h>

/*
 * Whether the library can start now. If libc does not know the environment and the program's name yet, gives it both
 * from where the kernel has put them, as libc itself does later. False if they are not found, and before the
 * constructor of glibc 2.31 and older, while <ctype.h> has no tables. May be called from a signal handler.
 */
bool early_libc_is_ready(void);

/*
 * Whether libc had no environment when the library started: it then takes the environment anew, without what was
 * added.
 */
bool early_environment_is_ours(void);

#endif
