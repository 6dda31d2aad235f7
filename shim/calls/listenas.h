/*
 * For a program that wants to know whether it runs under listenas: find these with dlsym(RTLD_DEFAULT, ...).
 */
#ifndef LISTENAS_H
#define LISTENAS_H

#define LISTENAS_VERSION "0.1"

#define LISTENAS_API __attribute__((visibility("default")))

/* The version of the library, such as "0.1". May be called from a signal handler. */
LISTENAS_API const char *listenas_version(void);

/* The name of the profile in force, "native" if there is none. May be called from a signal handler. */
LISTENAS_API const char *listenas_profile(void);

#endif
