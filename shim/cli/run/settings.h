/*
 * The kernel-wide settings of a platform, for the network that this process is in.
 */
#ifndef LISTENAS_CLI_RUN_SETTINGS_H
#define LISTENAS_CLI_RUN_SETTINGS_H

#include "../../profile/profile.h"

/*
 * Applies the profile's section [host] and its range of ports; writes only what differs. Needs CAP_NET_ADMIN over
 * the network namespace. Returns 0, or STATUS_OWN after it has reported which setting failed.
 */
int settings_apply(const struct profile *profile);

#endif
