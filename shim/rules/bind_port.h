/*
 * What a platform makes of a port that others have already, and which port it chooses. Pure, as all rules.
 */
#ifndef LISTENAS_RULES_BIND_PORT_H
#define LISTENAS_RULES_BIND_PORT_H

#include "../kernel/host.h"
#include "../kernel/port.h"
#include "verdict.h"

/* Whether the keys about shared ports apply to this protocol. */
bool sharing_is_of(const struct profile *profile, int protocol);

/* Whether SO_REUSEADDR must be off at the first attempt, because Linux allows with it what the platform does not. */
bool sharing_hides_reuse(const struct profile *profile);

/*
 * Whether Linux's own rules say which sockets of one family may have one address: with SO_REUSEADDR any that do not
 * listen.
 */
bool sharing_is_linuxs(const struct profile *profile);

/*
 * Whether two sockets that both have SO_REUSEADDR may listen at one address. Each socket with it then gets a mark at
 * bind, and the first listener gets all clients.
 */
bool sharing_is_mutual(const struct profile *profile);

/*
 * After the kernel refused the bind with EADDRINUSE. DECIDE_SHARE: the platform lets the sockets share the port;
 * DECIDE_FAIL: it refuses with `error`; DECIDE_CALL: EADDRINUSE stands.
 */
struct verdict sharing_verdict(const struct profile *profile, const struct port_claim *claim,
                               const struct port_use *use);

/*
 * The range of ports to choose from, or 0..0 where the kernel chooses from its own range, `host`. Where the profile
 * names one end only, the other is the host's.
 */
struct port_range chosen_range(const struct profile *profile, struct port_range host);

#endif
