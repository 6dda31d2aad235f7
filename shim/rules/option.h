/*
 * What a platform makes of setsockopt and getsockopt. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_OPTION_H
#define LISTENAS_RULES_OPTION_H

#include "verdict.h"

/*
 * Of setting an option of a socket of the family `domain`; `clears`: what is set is 0. DECIDE_CALL: the kernel's answer
 * stands.
 */
struct verdict socket_option_verdict(const struct profile *profile, int domain, int level, int name, bool clears);

/* Whether SO_ACCEPTCONN, which the kernel gave as 0, is still on: `facts` by the needs of the call. */
bool still_accepts(const struct profile *profile, const struct facts *facts);

/* What getsockopt gives where the kernel gave `number`: its first int, be it the whole or l_onoff of struct linger. */
int option_value(const struct profile *profile, int level, int name, int number);

/* Whether the option is a buffer's size, which the kernel gives as twice the size that was set, and the platform does
 * not. */
bool option_is_doubled(const struct profile *profile, int level, int name);

#endif
