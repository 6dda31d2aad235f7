/*
 * `log -f`: what comes, as it comes.
 */
#ifndef LISTENAS_CLI_LOG_FOLLOW_H
#define LISTENAS_CLI_LOG_FOLLOW_H

#include "source.h"
#include "view.h"

/* Tells all that is there now. */
void follow_once(struct view *view, struct sources *sources);

/*
 * Tells what comes, until nobody writes to the ring any more; with several rings (`view->all`) until stdout is closed,
 * and what servers write that start meanwhile.
 */
void follow_to_end(struct view *view, struct sources *sources);

#endif
