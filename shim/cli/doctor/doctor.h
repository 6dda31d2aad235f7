/*
 * `listenas doctor`, and what of it --version tells.
 */
#ifndef LISTENAS_CLI_DOCTOR_H
#define LISTENAS_CLI_DOCTOR_H

/* Prints the version, the library and its build, and the names of what this host lacks. */
void doctor_print_version(void);

#endif
