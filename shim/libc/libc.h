/*
 * What the library has in place of functions of libc's.
 *
 * A library that is built with a new glibc needs the newest version of each function that it calls, and does not load
 * with an older glibc. The functions in this directory have the names of libc's and are hidden, so the linker binds the
 * library's own references to them, and no other object sees them. Only the library is linked to them: the command is
 * for the host that it is built on.
 */
#ifndef LISTENAS_LIBC_LIBC_H
#define LISTENAS_LIBC_LIBC_H

#include <features.h>

#include "../kernel/system.h"

/*
 * Built for musl, too: a child with an old glibc can inherit LD_PRELOAD, and must find no newer symbol in the library.
 */
#if defined SYSTEM_CALL_IS_OWN && (defined __GLIBC__ || defined __LP64__)

#define LIBC_BY_NUMBER

/* The kernel writes glibc's struct stat64, but for a 32-bit program with a 64-bit time_t, and musl's 64-bit one. */
#if defined __LP64__ || !defined __USE_TIME_BITS64
#define LIBC_FILE_STATUS
#endif

#ifdef __GLIBC__
#if !__GLIBC_PREREQ(2, 33)
#define LIBC_FILE_STATUS_BY_VERSION
#endif
#if __GLIBC_PREREQ(2, 38)
#define LIBC_NUMBER_TEXT
#endif
#endif

#endif

#endif
