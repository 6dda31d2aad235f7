/*
 * The library for programs of the command's own kind.
 */
#ifndef LISTENAS_CLI_DOCTOR_OWN_LIBRARY_H
#define LISTENAS_CLI_DOCTOR_OWN_LIBRARY_H

#include <limits.h>
#include <stdbool.h>

/* Bytes of a build-id in hexadecimal digits. */
#define OWN_LIBRARY_BUILD 80

/* Writes its path and its build-id, empty if it has none. False if there is no such library. */
bool own_library(char path[PATH_MAX], char build[OWN_LIBRARY_BUILD]);

#endif
