#ifndef LISTENAS_PROFILE_ERRNO_NAME_H
#define LISTENAS_PROFILE_ERRNO_NAME_H

/*
 * The name of an errno, such as "EAGAIN"; NULL for a number that is none. Where two names share a number, the one that
 * <errno.h> defines by the number, not by the other name. glibc has this as strerrorname_np from 2.32 on, musl
 * not at all. May be called from a signal handler.
 */
const char *errno_name(int error);

/* The number of an errno's name, the second name of a number included; 0 for any other text. May be called from a
 * signal handler. */
int errno_of_name(const char *name);

#endif
