#include "own_refuser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../refuser/refuser.h"
#include "../cli.h"

/* Reports what the program does without, why, and the three ways to get it. */
static void say_missing(const char *what, const char *rights, const char *file_rights)
{
    say("%s: that takes root or %s, as by setcap %s+ep on this command, or the refuser of the host (listenas refuser, "
        "its "
        "socket in LISTENAS_REFUSER), or a network of the program's own (run --isolate)",
        what, rights, file_rights);
}

/* Whether a full queue can refuse here; reports it if the profile wants that and it cannot. */
static bool can_refuse(const struct profile *profile)
{
    if (!(profile->needs.all & NEED_REFUSER))
        return false;
    if (refuser_try() == 0)
        return true;
    say_missing("a full queue will not refuse or reset clients, but drop their SYNs, so that they wait and try again "
                "(listen.overflow_tcp)",
                "CAP_NET_RAW", "cap_net_raw");
    return false;
}

/* The same for destroying connections. */
static bool can_destroy(const struct profile *profile)
{
    const struct needs *needs = &profile->needs;
    bool holds = needs->facts[CALL_setsockopt][PHASE_BEFORE] & NEED_DESTROY;
    bool shortens = needs->facts[CALL_listen][PHASE_BEFORE] & NEED_DESTROY;
    if (!holds && !shortens)
        return false;
    if (refuser_try() == 0 && refuser_try_destroy() == 0)
        return true;
    if (holds)
        say_missing("an accept filter will not reset the client that it holds longest (filter.overflow)",
                    "CAP_NET_ADMIN and CAP_NET_RAW", "cap_net_admin,cap_net_raw");
    if (shortens)
        say_missing("connections will stay queued when the server listens again with a smaller backlog "
                    "(listen.relisten_excess)",
                    "CAP_NET_ADMIN and CAP_NET_RAW", "cap_net_admin,cap_net_raw");
    return false;
}

static bool is_named(bool isolated)
{
    const char *name = getenv("LISTENAS_REFUSER");
    return name && *name && !(isolated && *name == '@');
}

bool own_refuser_is_wanted(const struct profile *profile, bool isolated)
{
    return !is_named(isolated) && (profile->needs.all & (NEED_REFUSER | NEED_DESTROY));
}

void own_refuser_start(const struct profile *profile, bool isolated)
{
    static char setting[REFUSER_SETTING_SIZE];
    if (!own_refuser_is_wanted(profile, isolated))
        return;
    bool refuses = can_refuse(profile), destroys = can_destroy(profile);
    if (!refuses && !destroys)
        return;
    int error = refuser_start(setting);
    if (error == 0 && putenv(setting) != 0)
        error = errno;
    if (error)
        say("a full queue will not turn clients away, but drop their SYNs: the refuser did not start: %s",
            strerror(error));
}
