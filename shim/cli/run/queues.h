/*
 * Whether the kernel allows queues as long as a profile's.
 */
#ifndef LISTENAS_CLI_RUN_QUEUES_H
#define LISTENAS_CLI_RUN_QUEUES_H

#include "../../profile/loader/annotated_profile.h"

/* Reports it if the profile's longest queue exceeds what net.core.somaxconn allows. */
void queues_compare(const struct annotated_profile *annotated);

#endif
