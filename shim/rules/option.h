/*
 * What a platform makes of setsockopt and getsockopt. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_OPTION_H
#define LISTENAS_RULES_OPTION_H

#include "verdict.h"

/* setsockopt on a socket of the family `domain`; `clears`: the value is 0. DECIDE_CALL: the kernel's answer stands. */
struct verdict socket_option_verdict(const struct profile *profile, int domain, int level, int name, bool clears);

/* Whether SO_ACCEPTCONN still reads 1 although the kernel gave 0. `facts` are those that the call's needs name. */
bool still_accepts(const struct profile *profile, const struct facts *facts);

/*
 * What getsockopt gives in place of the kernel's `number`: the first int of the value, such as l_onoff of struct
 * linger.
 */
int option_value(const struct profile *profile, int level, int name, int number);

/* Whether the option is a buffer size of which the kernel reports the double and the platform does not. */
bool option_is_doubled(const struct profile *profile, int level, int name);

#endif
