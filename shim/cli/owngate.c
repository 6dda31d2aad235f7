#include "owngate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../gate/keeper.h"
#include "../gate/valve.h"
#include "../rules/rules.h"
#include "cli.h"

static void say_privilege(void)
{
    say("a full queue will not refuse or reset clients (listen.overflow_tcp): that takes root or CAP_NET_RAW, as by "
        "setcap cap_net_raw+ep on this command, or the gatekeeper of the host (listenas gate, its socket in "
        "LISTENAS_GATE), "
        "or a network of the program's own (run --isolate)");
}

static bool is_named(bool isolated)
{
    const char *name = getenv("LISTENAS_GATE");
    return name && *name && !(isolated && *name == '@');
}

void owngate_start(const struct profile *profile, bool isolated)
{
    static char setting[sizeof(struct sockaddr_un) + 16];
    if (!overflow_is_gated(profile) || is_named(isolated))
        return;
    if (valve_try() != 0) {
        say_privilege();
        return;
    }
    int error = keeper_start(setting, sizeof setting);
    if (error == 0 && putenv(setting) != 0)
        error = errno;
    if (error)
        say("a full queue will not turn clients away: the gatekeeper did not start: %s", strerror(error));
}
