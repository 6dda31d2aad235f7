/*
 * The environment that the program and its children get.
 */
#ifndef LISTENAS_GUEST_ENVIRONMENT_H
#define LISTENAS_GUEST_ENVIRONMENT_H

/*
 * Puts `string`, "NAME=value", into the environment as putenv does, but before all others, and does not move their
 * strings: old servers write their title over the bytes from argv[0] to the end of the last one. The string stays
 * part of the environment. Does nothing if memory is short, or if there would be no other string. Only for the start
 * of the library.
 */
void environment_put_first(char *string);

/* Puts back the library's strings that are missing. Only for the constructor. */
void environment_restore(void);

#endif
