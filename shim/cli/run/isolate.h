/*
 * A network of the program's own, set as the platform's kernel is.
 */
#ifndef LISTENAS_CLI_RUN_ISOLATE_H
#define LISTENAS_CLI_RUN_ISOLATE_H

#include "../../profile/profile.h"

/*
 * Moves this process into a new network namespace, with loopback up and the settings of the profile. Who may not make
 * one alone gets it in a new user namespace, in which it has all capabilities until it executes a program; it stays
 * the user and the group that it is, and no other exists there: setuid, setgid and setgroups fail, and what belongs to
 * others shows as 65534. Supplementary groups show so, too, but go on to open what they opened before.
 *
 * Returns 0, or STATUS_OWN after it has said what forbids it. There is no way back.
 */
int isolate_enter(const struct profile *profile);

#endif
