/*
 * The environment that the program and its children get.
 */
#ifndef LISTENAS_HOOKS_ENVIRONMENT_H
#define LISTENAS_HOOKS_ENVIRONMENT_H

/*
 * Sets a variable as setenv does, but in front of all others, and moves none of their strings: old servers write
 * their title over the bytes from argv[0] to the end of the last one. Does nothing if memory is short, or if there
 * would be no other. Only for the constructor.
 */
void environment_put_first(const char *name, const char *value);

#endif
