/*
 * What a platform makes of send and recv. Pure, as rules.h says.
 */
#ifndef LISTENAS_RULES_SEND_H
#define LISTENAS_RULES_SEND_H

#include "rules.h"

/* Whether a send that names an address is to be judged before the real call. */
bool send_minds_address(const struct profile *profile);

/* Before a send that names an address. */
struct verdict send_verdict(const struct profile *profile, const struct facts *facts);

/* Whether a platform may make something else of this error of send, so that the facts have to be asked. */
bool send_failure_matters(const struct profile *profile, int error);

/* Of a send that the kernel refused with `error`, sending nothing. DECIDE_CALL: that error stands; DECIDE_SUCCEED: send
 * it without the address. */
struct verdict send_failed_verdict(const struct profile *profile, const struct facts *facts, bool addressed, int error);

/* Whether the platform raises SIGPIPE with an EPIPE for which the kernel raises none. */
bool send_signals(const struct profile *profile, int type);

/* Whether anything of recv is to be judged. */
bool receive_minds(const struct profile *profile);

/* Likewise of recv. DECIDE_SUCCEED: it is the end of the file. */
bool receive_failure_matters(const struct profile *profile, int error);
struct verdict receive_failed_verdict(const struct profile *profile, const struct facts *facts, int error);

#endif
