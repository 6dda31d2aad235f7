/*
 * Whether the kernel lets queues be as long as a profile wants them.
 */
#ifndef LISTENAS_CLI_RUN_QUEUES_H
#define LISTENAS_CLI_RUN_QUEUES_H

#include "../../profile/loader/annotated_profile.h"

/* Says so if the profile's longest queue is longer than net.core.somaxconn allows. */
void queues_compare(const struct annotated_profile *annotated);

#endif
