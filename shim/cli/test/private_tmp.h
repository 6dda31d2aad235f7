/*
 * A /tmp of a run's own.
 */
#ifndef LISTENAS_CLI_TEST_PRIVATE_TMP_H
#define LISTENAS_CLI_TEST_PRIVATE_TMP_H

/*
 * Moves this process into a mount namespace with an empty /tmp. What the words, the environment, the working directory
 * or one of `paths` (NULL at the end) name in /tmp stays visible there: a program that was built in /tmp is found.
 * Needs CAP_SYS_ADMIN over its user namespace. Returns 0 or an errno.
 */
int private_tmp(char *const *words, char *const *environment, const char *const *paths);

#endif
