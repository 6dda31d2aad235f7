#include "owngate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../gate/keeper.h"
#include "../gate/valve.h"
#include "../rules/filter.h"
#include "cli.h"

/* What takes which rights, and what the program misses without them. */
static void say_privilege(const char *what, const char *rights, const char *file_rights)
{
    say("%s: that takes root or %s, as by setcap %s+ep on this command, or the gatekeeper of the host (listenas gate, "
        "its socket in LISTENAS_GATE), or a network of the program's own (run --isolate)",
        what, rights, file_rights);
}

/* Whether this process can do, in its own network, something of what the profile wants; what it cannot it says. */
static bool is_of_use(const struct profile *profile)
{
    bool gates = overflow_is_gated(profile), holds = filter_resets(profile);
    bool can_gate = gates && valve_try() == 0, can_hold = holds && hold_try() == 0;
    if (gates && !can_gate)
        say_privilege("a full queue will not refuse or reset clients (listen.overflow_tcp)", "CAP_NET_RAW",
                      "cap_net_raw");
    if (holds && !can_hold)
        say_privilege("an accept filter will not reset the client that it holds longest (filter.overflow)",
                      "CAP_NET_ADMIN and CAP_NET_RAW", "cap_net_admin,cap_net_raw");
    return can_gate || can_hold;
}

static bool is_named(bool isolated)
{
    const char *name = getenv("LISTENAS_GATE");
    return name && *name && !(isolated && *name == '@');
}

bool owngate_is_wanted(const struct profile *profile, bool isolated)
{
    return !is_named(isolated) && (overflow_is_gated(profile) || filter_resets(profile));
}

void owngate_start(const struct profile *profile, bool isolated)
{
    static char setting[sizeof(struct sockaddr_un) + 16];
    if (!owngate_is_wanted(profile, isolated) || !is_of_use(profile))
        return;
    int error = keeper_start(setting, sizeof setting);
    if (error == 0 && putenv(setting) != 0)
        error = errno;
    if (error)
        say("a full queue will not turn clients away: the gatekeeper did not start: %s", strerror(error));
}
