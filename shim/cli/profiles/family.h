/*
 * The order of profiles in lists: by family, within it by platform and version.
 */
#ifndef LISTENAS_CLI_PROFILES_FAMILY_H
#define LISTENAS_CLI_PROFILES_FAMILY_H

/* The heading of a profile's family: "BSD" for freebsd-13, "others" for a name of no family. */
const char *family_of(const char *name);

/* Compares two names for qsort as lists have them: freebsd-2 comes before freebsd-13, and both after freebsd. */
int family_compare(const char *left, const char *right);

#endif
