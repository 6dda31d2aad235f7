/*
 * Whether the kernel allows queues as long as a profile's.
 */
#ifndef LISTENAS_CLI_RUN_QUEUES_H
#define LISTENAS_CLI_RUN_QUEUES_H

#include <stdbool.h>

#include "../../profile/loader/annotated_profile.h"

/*
 * Reports it if a backlog that programs usually pass makes a queue under the profile that is longer than
 * net.core.somaxconn allows, and returns false then.
 */
bool queues_compare(const struct annotated_profile *annotated);

#endif
