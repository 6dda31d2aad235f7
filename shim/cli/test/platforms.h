/*
 * Which platforms a test is run as, and in which order.
 */
#ifndef LISTENAS_CLI_TEST_PLATFORMS_H
#define LISTENAS_CLI_TEST_PLATFORMS_H

#include "plan.h"

/*
 * Loads native and the platforms of a list such as "mks,bsd,./own.conf"; all there are for NULL or "all". Those of
 * which most has no primary source come last, each group in the order of their names; a list keeps its own order.
 * Returns 0, or the exit status after it has said which platform is unknown or has a mistake.
 */
int platforms_load(struct platforms *platforms, const char *names, const char *set);

#endif
