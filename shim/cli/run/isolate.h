/*
 * A network namespace of the program's own, with the settings of the platform's kernel.
 */
#ifndef LISTENAS_CLI_RUN_ISOLATE_H
#define LISTENAS_CLI_RUN_ISOLATE_H

#include "../../profile/profile.h"

/*
 * Moves this process to a new network namespace, with loopback up and the profile's settings. A process that may not
 * make one alone gets it in a new user namespace, in which it has all capabilities until it executes a program. It
 * keeps its user and group, and no other exists there: setuid, setgid and setgroups fail, and files of others show
 * owner 65534; supplementary groups show as 65534 too, but still open what they opened before.
 *
 * Returns 0, or STATUS_OWN after it has reported what forbids it. The process cannot go back.
 */
int isolate_enter(const struct profile *profile);

/* Whether a child of this process can make such a network: returns 0 or an errno. This process stays where it is. */
int isolate_try(void);

#endif
