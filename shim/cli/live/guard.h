/*
 * Reads files that are mapped and that their owner may cut short at any time: a page beyond the new end raises SIGBUS
 * when it is touched.
 */
#ifndef LISTENAS_CLI_LIVE_GUARD_H
#define LISTENAS_CLI_LIVE_GUARD_H

#include <stdbool.h>

/*
 * Calls `work` with `context`. Returns false if it touched a page that is gone; it is then left where it was, so it may
 * hold no memory or descriptor that only it knows of. Not for several threads, and not within itself.
 */
bool guard_run(void (*work)(void *context), void *context);

#endif
