/*
 * What a platform makes of a port that others have already, and which port it chooses. Pure, as rules.h
 * says.
 */
#ifndef LISTENAS_RULES_BIND_PORT_H
#define LISTENAS_RULES_BIND_PORT_H

#include "../kernel/host.h"
#include "../kernel/port.h"
#include "verdict.h"

/* Whether the keys about ports that are shared hold for this protocol. */
bool sharing_is_of(const struct profile *profile, int protocol);

/* Whether SO_REUSEADDR must be out of the kernel's sight at the first attempt: it allows what the platform does not. */
bool sharing_hides_reuse(const struct profile *profile);

/*
 * Whether one address can have two listeners where both have SO_REUSEADDR: then each socket that has it is to be marked
 * when it is bound, and the first listener is to get all clients.
 */
bool sharing_is_mutual(const struct profile *profile);

/*
 * Of a bind that the kernel refused with EADDRINUSE. DECIDE_SHARE: the platform lets them share, so it is
 * to be tried again as shared; DECIDE_FAIL: with which errno; DECIDE_CALL: the kernel's answer stands.
 */
struct verdict sharing_verdict(const struct profile *profile, const struct port_claim *claim,
                               const struct port_use *use);

/*
 * The range of ports to choose from, or 0..0 if that is left to the kernel, whose own range is `host`. Where the
 * platform says one end only, the other is the host's.
 */
struct port_range chosen_range(const struct profile *profile, struct port_range host);

#endif
