/*
 * What a platform makes of poll. Pure, as rules.h says.
 */
#ifndef LISTENAS_RULES_POLL_H
#define LISTENAS_RULES_POLL_H

#include <poll.h>

#include "rules.h"

/* Whether these events of one descriptor may be others on the platform: its facts have to be asked then. */
bool poll_event_matters(short events);

struct poll_verdict {
    short events; /* in place of the kernel's; none means that poll goes on waiting */
    enum key why; /* the key that made a difference, or KEY_NONE */
};

/*
 * `asked` and `seen`: the events that the program asked for, and that the kernel found on a socket of these facts, as
 * facts_of_shutting gives them.
 */
struct poll_verdict poll_verdict(const struct profile *profile, const struct facts *facts, short asked, short seen);

#endif
